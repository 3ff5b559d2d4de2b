"""The audit trail of a patient as people read it: when, who, what in words, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from aml_maint.domain.course import EndReason, HoldReason
from aml_maint.domain.messages import Language, Message, say
from aml_maint.domain.moment import Moment
from aml_maint.services import library
from aml_maint.services.history_names import Names
from aml_maint.services.history_rows import (
    described,
    doses_described,
    records,
    results_described,
)
from aml_maint.services.language import catalogue
from aml_maint.services.medicines import drugs_of
from aml_maint.services.workplace import CLOCK_BEHIND, Workplace
from aml_maint.store import audit, courses
from aml_maint.store.audit import AuditEvent
from aml_maint.store.event_rows import Change

# So many entries are read at a time.
PAGE = 100


class Group(StrEnum):
    """What an entry is about, for the filter."""

    DOSES = "doses"
    RESULTS = "results"
    TOXICITY = "toxicity"
    MARROW = "marrow"
    THERAPY = "therapy"
    REPORTS = "reports"
    FINDINGS = "findings"
    PERSON = "person"


GROUPS: Mapping[Group, tuple[str, ...]] = {
    Group.DOSES: (
        "log_dose", "log_doses", "correct_dose", "undo_dose", "log_unplanned", "correct_unplanned",
        "record_supply", "withdraw_supply",
        "record_site_reaction",
        "end_site_reaction", "withdraw_site_reaction",
    ),
    Group.RESULTS: (
        "record_counts", "withdraw_count", "record_labs", "import_labs",
        "state_childbearing", "record_pregnancy_test", "withdraw_pregnancy_test",
    ),
    Group.TOXICITY: (
        "record_toxicity", "revise_toxicity", "withdraw_toxicity", "sign_toxicities",
        "record_assessment", "correct_assessment", "withdraw_assessment",
    ),
    Group.MARROW: (
        "record_marrow", "record_specimen", "correct_marrow", "withdraw_marrow", "review_response",
    ),
    Group.THERAPY: (
        "start_course", "start_cycle", "hold_component", "resume_component", "set_dose",
        "set_clock_time", "end_course", "shift_doses", "omit_doses", "undo_change", "override_rule",
        "delay_cycle", "change_regimen",
        "order_as_needed", "stop_as_needed",
    ),
    Group.REPORTS: ("sign_report", "copy_report"),
    Group.FINDINGS: ("dismiss_finding", "restore_finding"),
    Group.PERSON: (
        "admit_patient", "import_cohort", "import_bundle", "change_care_list", "record_diagnosis",
        "record_therapy",
        "withdraw_therapy", "record_contact", "withdraw_contact", "record_disease_event",
        "withdraw_disease_event",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Detail:
    """One record that an entry made or changed: how it was before (None: the same), and after."""

    title: Message
    before: Message | None
    after: Message


@dataclass(frozen=True)
class HistoryEntry:
    """One write: when it was recorded and when it happened, who, what and why, in words."""

    sequence: int
    recorded: Moment
    occurred: Moment
    by: str
    role: str
    workstation: str
    action: str
    what: Message
    reason: str
    changes: tuple[Change, ...]
    names: Names
    clock_behind: int = 0
    """How many seconds the clock was behind the trail when it was recorded."""

    @cached_property
    def details(self) -> tuple[Detail, ...]:
        """Each record that it made or changed; worked out when someone looks."""
        return tuple(_detail(change, self.names) for change in self.changes)

    @property
    def backdated(self) -> bool:
        """Did it happen on another day than it was recorded?"""
        return self.occurred.local.date() != self.recorded.local.date()


@dataclass(frozen=True)
class Wanted:
    """Which entries to read; what is left out filters nothing. `text` is looked for in words."""

    group: Group | None = None
    by: str | None = None
    text: str = ""


@dataclass(frozen=True)
class HistoryPage:
    """Some entries, the latest first; `more` says that there are earlier ones."""

    entries: tuple[HistoryEntry, ...]
    more: bool


def patient_history(
    place: Workplace,
    patient_id: str,
    wanted: Wanted | None = None,
    *,
    before: int | None = None,
    limit: int = PAGE,
    language: Language = "en",
) -> HistoryPage:
    """The latest entries about a patient, those before a sequence number if one is named.

    `language` is the one in which `wanted.text` is looked for.
    """
    asked = wanted or Wanted()
    names = _names(place, patient_id)
    actions = GROUPS[asked.group] if asked.group is not None else None
    found: list[HistoryEntry] = []
    words = catalogue(language)
    needle = asked.text.casefold().strip()
    for event in _events(place, patient_id, actions, asked.by, before, limit):
        entry = _entry(event, patient_id, names)
        if needle:
            told = words.text(entry.what)
            details = " ".join(words.text(detail.after) for detail in entry.details)
            if needle not in f"{told} {details} {entry.reason} {entry.by}".casefold():
                continue
        if len(found) == limit:
            return HistoryPage(tuple(found), True)
        found.append(entry)
    return HistoryPage(tuple(found), False)


def people_of(place: Workplace, patient_id: str) -> tuple[str, ...]:
    """Everyone who recorded something about a patient, by name."""
    return tuple(audit.actors_of(place.store, patient_id))


def _events(
    place: Workplace,
    patient_id: str,
    actions: Sequence[str] | None,
    by: str | None,
    before: int | None,
    limit: int,
) -> Iterator[AuditEvent]:
    """The events that fit, the latest first, read a stretch at a time and only as far as needed."""
    last = before
    while True:
        page = audit.patient_page(
            place.store, patient_id, before=last, limit=limit + 1, actions=actions, by=by
        )
        yield from page
        if len(page) <= limit:
            return
        last = page[-1].sequence


def _names(place: Workplace, patient_id: str) -> Names:
    mine = courses.of_patient(place.store, patient_id, place.shelf)
    return Names(
        {course.id: course.regimen for course in mine},
        {item.id: item.term for item in library.toxicity_items()},
        {drug.id: drug.name for drug in drugs_of(place).values()},
    )


_CODES = frozenset({"undo", *(r.value for r in HoldReason), *(r.value for r in EndReason)})


def _entry(event: AuditEvent, patient_id: str, names: Names) -> HistoryEntry:
    command = event.command
    changes = tuple(change for change in event.changes if _is_about(change, patient_id))
    # Without a reason in words a write keeps a code in its place, which the record says better.
    reason = "" if command.reason in _CODES else command.reason
    what = Message(
        f"history.action.{command.action}", {"what": _what(command.action, changes, names)}
    )
    return HistoryEntry(
        event.sequence, command.recorded, command.occurred, command.actor.name,
        command.actor.role.value, command.actor.workstation, command.action, what, reason,
        changes, names, int(event.note.get(CLOCK_BEHIND, 0)),
    )  # fmt: skip


def _is_about(change: Change, patient_id: str) -> bool:
    """Records of other patients, as in an import, are none of this one's business."""
    row = change.after
    if change.table == "patients":
        return change.id == patient_id
    return row.get("patient_id") in (None, patient_id)


def _detail(change: Change, names: Names) -> Detail:
    title = say(f"history.table.{change.table}")
    after = described(change.table, change.after, names)
    if change.before is None:
        return Detail(title, None, after)
    earlier = described(change.table, {**change.after, **change.before}, names)
    if earlier != after:
        return Detail(title, earlier, after)
    state = "undone" if change.after.get("withdrawn") else change.after.get("state")
    if state in {"replaced", "undone", "live"}:
        after = Message(f"history.state.{state}", {"what": after})
    return Detail(title, None, after)


def _what(action: str, changes: Sequence[Change], names: Names) -> object:
    """The record itself if it is one, else how many of what."""
    found = records(changes)
    if not found:
        return say("history.nothing")
    if len(found) == 1 or action in _FIRST_SPEAKS:
        # A new record rather than the one that it replaces.
        first = next((one for one in found if one.is_new), found[0])
        return described(first.table, first.row, names)
    rows = [one.row for one in found]
    tables = {one.table for one in found}
    if tables == {"administrations"}:
        return doses_described(rows, names)
    if tables == {"lab_values"}:
        return results_described(rows, names)
    return tuple(described(one.table, one.row, names) for one in found)


# The first of several records says it all: the corrected dose, the course with its first cycle.
_FIRST_SPEAKS = frozenset({
    "start_course", "start_cycle", "admit_patient", "import_cohort", "correct_dose",
    "correct_unplanned", "record_toxicity", "revise_toxicity", "record_assessment",
    "correct_assessment", "record_marrow", "record_specimen", "record_diagnosis",
})  # fmt: skip
