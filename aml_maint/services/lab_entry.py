"""Entering laboratory results, of one sample or of many, beside those on record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from uuid import UUID

from aml_maint.domain.errors import BadInput, Refused, RowProblem
from aml_maint.domain.lab_reconcile import Reconciled, Standing, reconcile
from aml_maint.domain.labs import LabResult, LimitFrom
from aml_maint.domain.messages import Message, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import LabValue, lab_text
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.ids import timed_id
from aml_maint.services.library import lab_catalogue
from aml_maint.services.long_work import Step, Watch, in_parts, unwatched, watched_all
from aml_maint.services.observations import check_collected, check_possible
from aml_maint.services.workplace import Workplace
from aml_maint.store import laboratories, labs
from aml_maint.store.transaction import Transaction

# Rows of one part of a write, which is told between the parts.
_AT_ONCE = 200


@dataclass(frozen=True)
class LabEntry:
    """One result as somebody typed or sent it. The limits are in the value's unit.

    `confirmed` answers the question that an unusual value raises: yes, it is right.
    """

    patient_id: str
    analyte: str
    value: LabValue
    collected: Moment
    lower_limit: Decimal | None = None
    upper_limit: Decimal | None = None
    laboratory: str | None = None
    confirmed: bool = False


@dataclass(frozen=True)
class LabEntryCheck:
    """What entering results would do, and the questions that must be answered first."""

    rows: tuple[Reconciled, ...]
    questions: tuple[Message | None, ...]
    """Beside each row what is unusual about it and not confirmed."""

    def count(self, standing: Standing) -> int:
        """How many results stand like that."""
        return sum(row.standing is standing for row in self.rows)


def check_labs(
    place: Workplace, entries: Sequence[LabEntry], watch: Watch = unwatched
) -> LabEntryCheck:
    """What entering some results would do; nothing is written.

    BadInput for a result that can't be: its analyte, unit, value, limits or time; its row tells
    which, counted from 1.
    """
    for number, entry in enumerate(watched_all(entries, Step.CHECKING, watch), 1):
        try:
            check_entry(place, entry)
        except BadInput as error:
            problem = RowProblem(number, error.field or entry.analyte, error.message)
            raise BadInput(
                error.message, hint=error.hint, field=error.field, rows=(problem,)
            ) from error
    now = place.clock.now().utc
    incoming = [_result(entry, now) for entry in entries]
    analytes = lab_catalogue().analytes
    questions = [
        None if entry.confirmed else analytes[entry.analyte].doubt(entry.value) for entry in entries
    ]
    return LabEntryCheck(_beside_record(place, incoming, watch), tuple(questions))


def _beside_record(
    place: Workplace, incoming: Sequence[LabResult], watch: Watch
) -> tuple[Reconciled, ...]:
    """The results beside those on record, patient by patient, in the order given."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for at, result in enumerate(incoming):
        places[result.patient_id].append(at)
    found: dict[int, Reconciled] = {}
    for patient_id in places:
        watch(Step.COMPARING, len(found), len(incoming))
        mine = places[patient_id]
        on_record = labs.of_patient(place.store, patient_id)
        beside = reconcile([incoming[at] for at in mine], on_record, lab_catalogue().analytes)
        found.update(zip(mine, beside, strict=True))
    watch(Step.COMPARING, len(found), len(incoming))
    return tuple(found[at] for at in range(len(incoming)))


def check_entry(place: Workplace, entry: LabEntry) -> None:
    """BadInput for a result that can't be: its analyte, unit, value, limits, time or laboratory."""
    check_possible(entry.analyte, entry.value)
    check_collected(place, entry.patient_id, entry.collected)
    low, high = entry.lower_limit, entry.upper_limit
    if low is not None and low < 0:
        raise BadInput(say("error.not_a_number", text=str(low)), field="lower_limit")
    if high is not None and high <= (low or 0):
        raise BadInput(say("labs.error.limits_swapped"), field="upper_limit")


def record_labs(
    place: Workplace,
    patient_id: str,
    entries: Sequence[LabEntry],
    command_id: UUID | None = None,
    *,
    change_reason: str = "",
) -> Changes:
    """Record results of one patient at once; those on record already are left alone.

    Another value of a sample on record replaces it, with a reason. Refused for questions not
    answered, changes without a reason, and conflicts; Refused if there is nothing new.
    """
    if (done := place.done_before(command_id, "record_labs")) is not None:
        return done
    if not entries:
        raise BadInput(say("error.nothing_entered"))
    if any(entry.patient_id != patient_id for entry in entries):
        raise ValueError("results of one patient at a time")
    checked = check_labs(place, entries)
    expect_answered(checked, change_reason)
    return place.write(
        "record_labs",
        lambda transaction: write_rows(transaction, checked.rows),
        touched=Touched.LABS,
        patient_id=patient_id,
        command_id=command_id,
        occurred=max((entry.collected for entry in entries), key=lambda one: one.utc),
        reason=change_reason,
    )


def expect_answered(checked: LabEntryCheck, change_reason: str) -> None:
    """Refused while a question is open, a change has no reason, or results contradict each other.

    The rows say which; they count from 1 in the order given.
    """
    asked = [
        RowProblem(number, row.result.analyte, question)
        for number, (row, question) in enumerate(
            zip(checked.rows, checked.questions, strict=True), 1
        )
        if question is not None and row.standing is not Standing.SAME
    ]
    if asked:
        raise Refused(
            say("labs.error.questions", count=len(asked)),
            hint=say("labs.error.questions.hint"),
            rows=tuple(asked),
        )
    for standing, key in ((Standing.CONFLICT, "conflict"), (Standing.CHANGED, "changed")):
        rows = tuple(
            RowProblem(number, row.result.analyte, differs(row))
            for number, row in enumerate(checked.rows, 1)
            if row.standing is standing
        )
        if rows and (standing is Standing.CONFLICT or not change_reason.strip()):
            raise Refused(
                say(f"labs.error.{key}", count=len(rows)),
                hint=say(f"labs.error.{key}.hint"),
                rows=rows,
            )
    if all(row.standing is Standing.SAME for row in checked.rows):
        raise Refused(say("labs.error.all_known", count=len(checked.rows)))


def differs(row: Reconciled) -> Message:
    """What a result says and what is on record."""
    if row.before is None:
        return say("labs.differs.itself")
    return say("labs.differs", now=lab_text(row.before.value), then=lab_text(row.result.value))


def write_rows(
    transaction: Transaction, rows: Sequence[Reconciled], watch: Watch = unwatched
) -> None:
    """Write what is new or changed."""
    for part in in_parts(rows, Step.WRITING, watch, _AT_ONCE):
        for standing, alike in groupby(part, key=lambda row: row.standing):
            if standing is Standing.NEW:
                labs.add_all(transaction, [row.result for row in alike])
            elif standing is Standing.CHANGED:
                for row in alike:
                    assert row.before is not None  # it differs from that one
                    new = replace(row.result, replaces=row.before.id)
                    labs.replace_with(transaction, row.before, new)
    watch(Step.SAVING, 0, 0)


def usual_laboratory(place: Workplace) -> str | None:
    """The laboratory to offer first: the one that measured last, else the only one there is."""
    last = labs.last_laboratory(place.store)
    known = laboratories.all_of(place.store)
    if last is None and len(known) == 1:
        return known[0].id
    return last


def _result(entry: LabEntry, now: datetime) -> LabResult:
    printed = entry.lower_limit is not None or entry.upper_limit is not None
    return LabResult(
        str(timed_id(now)),
        entry.patient_id,
        entry.analyte,
        entry.value,
        entry.collected,
        entry.upper_limit,
        entry.lower_limit,
        LimitFrom.REPORT if printed else None,
        entry.laboratory,
        entry.confirmed,
    )
