"""What a result that came late means for doses given before: told once, when it is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from aml_maint.domain.messages import Message, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Patient
from aml_maint.domain.pregnancy import outcome_text
from aml_maint.domain.quantities import lab_text
from aml_maint.services.changes import Changes
from aml_maint.services.late_counts import LateDose, given_while_closed
from aml_maint.services.observations import withdraw_count
from aml_maint.services.pregnancy import withdraw_pregnancy_test
from aml_maint.services.workplace import Workplace
from aml_maint.store import audit, labs, patients, pregnancy
from aml_maint.store.event_rows import Change

PREGNANCY_TEST = "pregnancy_test"
_TABLES = ("lab_values", "pregnancy_tests")


@dataclass(frozen=True)
class Evidence:
    """A result that gates go by: `asks_for` is its analyte, or that it is a pregnancy test.

    `withdrawn` says that it was taken back, so that what was known before speaks again.
    """

    id: str
    patient_id: str
    asks_for: str
    subject: Message
    found: Message
    collected: Moment
    withdrawn: bool = False


@dataclass(frozen=True)
class LateEvidence:
    """Results recorded or taken back, and the doses given while their gate was closed then.

    `sequence` is the audit event that recorded them or took them back.
    """

    sequence: int
    patient: Patient
    evidence: tuple[Evidence, ...]
    doses: tuple[LateDose, ...]

    @property
    def can_be_taken_back(self) -> tuple[Evidence, ...]:
        """The results that stand: one of them may have been entered in error."""
        return tuple(one for one in self.evidence if not one.withdrawn)


def late_evidence(place: Workplace, sequence: int) -> LateEvidence | None:
    """What the audit event that recorded or took back results brought to light; None if nothing.

    The doses stay as recorded: they are deviations (clinical rules, "Gates").
    """
    event = audit.event(place.store, sequence)
    changes = () if event is None else event.changes
    changed = [_evidence(change) for change in changes if change.table in _TABLES]
    found: list[Evidence] = []
    doses: dict[str, LateDose] = {}
    for one in changed:
        late = given_while_closed(place, one.patient_id, one.asks_for, one.collected)
        if late:
            found.append(one)
            doses |= {dose.record.id: dose for dose in late}
    if not found:
        return None
    ordered = sorted(doses.values(), key=lambda dose: dose.given)
    patient = patients.patient(place.store, found[0].patient_id)
    return LateEvidence(sequence, patient, tuple(found), tuple(ordered))


def take_back(
    place: Workplace, evidence: Evidence, reason: str, command_id: UUID | None = None
) -> Changes:
    """Take back a result that was entered in error, of either kind, with a reason."""
    if evidence.asks_for == PREGNANCY_TEST:
        return withdraw_pregnancy_test(place, evidence.id, reason, command_id)
    return withdraw_count(place, evidence.id, reason, command_id)


def _evidence(change: Change) -> Evidence:
    withdrawn = change.before is not None
    if change.table == "lab_values":
        result = labs.result_of(change.after)
        return Evidence(
            change.id, result.patient_id, result.analyte, say(f"analyte.{result.analyte}"),
            lab_text(result.value), result.collected, withdrawn,
        )  # fmt: skip
    test = pregnancy.test_of(change.after)
    return Evidence(
        change.id, test.patient_id, PREGNANCY_TEST, say("pregnancy.test"), outcome_text(test),
        test.collected, withdrawn,
    )  # fmt: skip
