"""A publication checked against its own tables: what it prints beside what we compute.

The claims are data (`resources/studies`); how each figure is found is said by a word, so that a
claim can't hide a calculation of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from aml_maint.domain.cohort_member import Member
from aml_maint.domain.cohort_tables import Range, table_1
from aml_maint.domain.data_table import DataProblem, Table
from aml_maint.domain.endpoints import Endpoint
from aml_maint.domain.exact_interval import Share
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.mrd import STUDY_CUT_OFF
from aml_maint.domain.outcome_estimate import GroupOutcome, estimate

_ONE_DECIMAL = Decimal("0.1")


class StudyProblem(DataProblem):
    """What is wrong in a study's file, and where."""


@dataclass(frozen=True)
class Claim:
    """One figure that a publication prints, with its definition and how ours is found."""

    id: str
    claim: Name
    printed: str
    figures: tuple[Decimal, ...]
    definition: Name
    why: Name | None
    compute: str
    field: str | None = None
    categories: tuple[str, ...] = ()
    endpoint: Endpoint | None = None
    months: int | None = None
    compare: str = "survival"
    patient: int | None = None
    of: int | None = None


@dataclass(frozen=True)
class Study:
    """A publication whose figures are checked."""

    id: str
    citation: Name
    claims: tuple[Claim, ...]


@dataclass(frozen=True)
class Checked:
    """A claim beside what we compute. `agrees` is None where its tables can't tell."""

    claim: Claim
    computed: Message
    figures: tuple[Decimal, ...]
    agrees: bool | None


def study_from_data(data: Mapping[str, Any]) -> Study:
    """A study's claims; StudyProblem names what can't be read."""
    with Table(data, "", StudyProblem) as file:
        citation = file.text("citation")
        return Study(
            file.text("id"),
            Name(citation, file.optional_text("citation_zh") or citation),
            tuple(_claim(entry) for entry in file.tables("checks")),
        )


def _claim(entry: Table) -> Claim:
    with entry:
        endpoint = entry.optional_text("endpoint")
        return Claim(
            entry.identifier("id"),
            entry.name("claim"),
            entry.text("printed"),
            tuple(Decimal(text) for text in entry.texts("figures")),
            entry.name("definition"),
            entry.optional_name("why"),
            entry.one_of("compute", _COMPUTED),
            entry.optional_text("field"),
            entry.texts("categories"),
            None if endpoint is None else Endpoint(endpoint),
            entry.optional_whole("months"),
            entry.optional_text("compare") or "survival",
            entry.optional_whole("patient"),
            entry.optional_whole("of"),
        )


def check_study(study: Study, members: Sequence[Member]) -> tuple[Checked, ...]:
    """Every claim beside what the study's own patients give."""
    return tuple(_COMPUTED[claim.compute](claim, members) for claim in study.claims)


def _by_figures(claim: Claim, computed: Message, *figures: Decimal) -> Checked:
    return Checked(claim, computed, figures, figures == claim.figures)


def _patients(claim: Claim, members: Sequence[Member]) -> Checked:
    n = len(members)
    return _by_figures(claim, say("check.number", n=n), Decimal(n))


def _counts(claim: Claim, members: Sequence[Member]) -> Checked:
    found = {
        line.category: cell.count
        for line in table_1(members)
        if line.key == claim.field and isinstance(cell := line.cells[""], Share)
    }
    figures = [Decimal(found.get(category, 0)) for category in claim.categories]
    joined = "/".join(str(figure) for figure in figures)
    return _by_figures(claim, say("check.text", text=joined), *figures)


def _median_range(claim: Claim, members: Sequence[Member]) -> Checked:
    line = next(line for line in table_1(members) if line.key == claim.field)
    cell = line.cells[""]
    assert isinstance(cell, Range)  # the fields named are those with medians
    told = say("check.median_range", middle=cell.middle, low=cell.low, high=cell.high)
    return _by_figures(claim, told, cell.middle, cell.low, cell.high)


def _mrd_positive(claim: Claim, members: Sequence[Member]) -> Checked:
    positive = [member for member in members if member.fate.baseline_positive]
    labels = tuple(
        say("check.patient_percent", patient=member.label, percent=member.baseline_percent)
        for member in positive
    )
    told = say("check.patients", n=len(positive), patients=labels)
    return _by_figures(claim, told, Decimal(len(positive)))


def _follow_up(claim: Claim, members: Sequence[Member]) -> Checked:
    group = _everyone(members, Endpoint.OS)
    assert group.plain_follow_up is not None  # a study has patients
    middle, low, high = group.plain_follow_up
    told = say(
        "check.follow_up",
        middle=middle, low=low, high=high, reverse=_rounded(group.reverse_follow_up.time),
    )  # fmt: skip
    return _by_figures(claim, told, middle, low, high)


def _events(claim: Claim, members: Sequence[Member]) -> Checked:
    assert claim.endpoint is not None
    wanted = claim.endpoint
    numbers = tuple(
        member.label
        for member in members
        if (reported := member.fate.reported) is not None
        and (reported.death if wanted is Endpoint.OS else reported.relapse)
    )
    events = _everyone(members, wanted).curve.events
    told = say("check.patients", n=events, patients=numbers)
    return _by_figures(claim, told, Decimal(events))


def _survival(claim: Claim, members: Sequence[Member]) -> Checked:
    assert claim.endpoint is not None and claim.months is not None
    curve = _everyone(members, claim.endpoint).curve
    at = curve.at(claim.months)
    survival, crude = _percent(at.survival), _percent(at.crude)
    told: dict[str, object] = {
        "survival": survival,
        "crude": crude,
        "free": curve.n - curve.events_by(claim.months),
        "n": curve.n,
    }
    if at.lower is None or at.upper is None:
        computed = Message("check.survival", told)
    else:
        bounds = {"lower": _percent(at.lower), "upper": _percent(at.upper)}
        computed = Message("check.survival_interval", told | bounds)
    compared = crude if claim.compare == "crude" else survival
    return Checked(claim, computed, (survival, crude), (compared,) == claim.figures)


def _median(claim: Claim, members: Sequence[Member]) -> Checked:
    assert claim.endpoint is not None
    curve = _everyone(members, claim.endpoint).curve
    median = curve.median.time
    if median is None:
        return Checked(claim, say("check.not_reached", events=curve.events), (), not claim.figures)
    return _by_figures(claim, say("check.months", months=_rounded(median)), _rounded(median))


def _sustained(claim: Claim, members: Sequence[Member]) -> Checked:
    remitting = [m for m in members if m.fate.reported and m.fate.reported.status == "CR"]
    negative = [m for m in remitting if m.fate.baseline_positive is False]
    positive = tuple(m.label for m in remitting if m.fate.baseline_positive)
    told = say("check.sustained", n=len(negative), remitting=len(remitting), positive=positive)
    return _by_figures(claim, told, Decimal(len(negative)))


def _patient(claim: Claim, members: Sequence[Member]) -> Checked:
    reported = next(
        m.fate.reported
        for m in members
        if m.fate.reported is not None and m.fate.reported.number == claim.patient
    )
    told = say(
        "check.patient",
        status=say(f"cohort.status.{reported.status}"),
        rfs=reported.rfs_months,
        outcome=say(f"cohort.outcome.{reported.outcome}"),
        os=reported.os_months,
    )
    return Checked(claim, told, (reported.rfs_months, reported.os_months), not reported.relapse)


def _shares(claim: Claim, members: Sequence[Member]) -> Checked:
    """Which whole numbers of patients give the printed shares, if any do."""
    assert claim.of is not None
    counts = [
        (figure * claim.of / 100).quantize(Decimal(1), ROUND_HALF_UP) for figure in claim.figures
    ]
    agrees = all(
        (100 * count / claim.of).quantize(_ONE_DECIMAL, ROUND_HALF_UP) == figure
        for count, figure in zip(counts, claim.figures, strict=True)
    )
    joined = " / ".join(str(count) for count in counts)
    return Checked(claim, say("check.shares", counts=joined, n=claim.of), tuple(counts), agrees)


def _not_in_tables(claim: Claim, members: Sequence[Member]) -> Checked:
    return Checked(claim, say("check.not_in_tables"), (), None)


def _mrd_cut_off(claim: Claim, members: Sequence[Member]) -> Checked:
    told = say("check.mrd_cut_off", percent=STUDY_CUT_OFF)
    return Checked(claim, told, (STUDY_CUT_OFF,), None)


_COMPUTED: dict[str, Callable[[Claim, Sequence[Member]], Checked]] = {
    "patients": _patients,
    "counts": _counts,
    "median_range": _median_range,
    "mrd_positive": _mrd_positive,
    "follow_up": _follow_up,
    "events": _events,
    "survival": _survival,
    "median": _median,
    "sustained": _sustained,
    "patient": _patient,
    "shares": _shares,
    "not_in_tables": _not_in_tables,
    "mrd_cut_off": _mrd_cut_off,
}


def _everyone(members: Sequence[Member], endpoint: Endpoint) -> GroupOutcome:
    return estimate(members, endpoint).groups[""]


def _percent(share: float | None) -> Decimal:
    assert share is not None  # the claims ask for times within follow-up
    return Decimal(repr(100 * share)).quantize(_ONE_DECIMAL, ROUND_HALF_UP)


def _rounded(months: float | None) -> Decimal:
    value = Decimal(repr(months or 0.0)).quantize(_ONE_DECIMAL)
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value
