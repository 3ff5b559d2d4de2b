"""Figures and tables of a cohort on their way out: who may, by what patients are named, recorded.

What only counts patients may leave by whoever sees it. What shows them one by one is data of
research; with record numbers it is identified data, and asks the roles for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from aml_maint.domain.cohort_member import Member
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.pseudonym import Privacy, Pseudonyms
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.cohort import Cohort
from aml_maint.services.study_ids import pseudonyms
from aml_maint.services.workplace import Workplace

# The exhibits that show patients one by one.
BY_PATIENT = frozenset(
    {"table_2", "swimmer", "mrd_strip", "completeness", "toxicity_worst", "toxicity_serious"}
)
# Those that hold days of the calendar, which with study ids stay behind.
WITH_DATES = frozenset({"toxicity_serious"})


def leaving(found: Cohort, names: Sequence[str], *, identified: bool = False) -> list[str]:
    """Which of those exhibits leave; BadInput if none of them may."""
    own = any(not member.study for member in found.members)
    kept = [name for name in names if identified or not own or name not in WITH_DATES]
    if not kept:
        raise BadInput(say("figures_dialog.holds_dates"), field="identified")
    return kept


def released(
    place: Workplace, found: Cohort, names: Sequence[str], *, identified: bool = False
) -> Cohort:
    """The cohort as it may leave in those exhibits: by study ids, unless record numbers are asked.

    Refused, and recorded, if the person's roles don't allow it. Patients of a publication keep
    the numbers that it gives them.
    """
    action = release_action(found, names, identified=identified)
    if action is not None:
        place.expect_allowed(action)
    if identified:
        return found
    known, counted = pseudonyms(place), found.counted
    if counted is not None:
        subjects = (replace(one, label=known.study_id(one.id)) for one in counted.subjects)
        by_label = sorted(subjects, key=lambda one: one.label)
        counted = replace(counted, subjects=tuple(by_label))
    return replace(
        found,
        members=_renamed(found.members, known),
        everyone=_renamed(found.everyone, known),
        counted=counted,
    )


def is_recorded(found: Cohort, names: Sequence[str], *, identified: bool = False) -> bool:
    """Does it have to be recorded that these exhibits leave?"""
    return release_action(found, names, identified=identified) is not None


def note_figures(
    place: Workplace, found: Cohort, names: Sequence[str], command_id: UUID, *,
    identified: bool = False, form: str = "figures",
) -> Changes:  # fmt: skip
    """Record in the audit trail that patients' data leave, as figures or in a report, before."""
    action = release_action(found, names, identified=identified)
    if action is None:
        raise ValueError("nothing left that has to be recorded")
    privacy = Privacy.IDENTIFIED if identified else Privacy.INTERVALS
    own = sum(1 for member in found.members if not member.study)
    told = {"format": form, "privacy": privacy.value, "tables": len(names), "rows": own}
    return place.write(
        action,
        lambda transaction: transaction.note(told),
        touched=Touched.WARD,
        command_id=command_id,
    )


def release_action(found: Cohort, names: Sequence[str], *, identified: bool) -> str | None:
    """The command by which these exhibits leave; None for what only counts patients."""
    if not any(not member.study for member in found.members):
        return None
    if identified:
        return "export_identified_data"
    return "export_research_data" if BY_PATIENT & set(names) else None


def _renamed(members: Sequence[Member], known: Pseudonyms) -> tuple[Member, ...]:
    """By study ids, in their order; texts that somebody typed stay behind."""
    renamed = (
        member
        if member.study
        else replace(
            member,
            label=known.study_id(member.id),
            withheld=bool(member.earlier),
            earlier="",
            karyotype="",
        )
        for member in members
    )
    return tuple(sorted(renamed, key=lambda member: (member.study, _natural(member.label))))


def _natural(label: str) -> tuple[int, str]:
    """Printed numbers by their size, ids by their letters."""
    return (int(label), "") if label.isdigit() else (0, label)
