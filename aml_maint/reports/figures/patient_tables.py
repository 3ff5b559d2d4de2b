"""Table 2 of a cohort, a line for each patient, and the list of what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from aml_maint.domain.cohort_member import Completeness, Member
from aml_maint.domain.endpoints import Counting, Endpoint, observe
from aml_maint.domain.messages import Message, say
from aml_maint.domain.patient import Risk
from aml_maint.reports.figures.exhibit import Cell, Exhibit, Values
from aml_maint.reports.figures.tiles import Tile, TileDrawing

_NAMED = 8  # so many of those without a fact are named in print
_LATER = 2  # so many cohorts need names beside the numbers


def who_labels(members: Sequence[Member]) -> dict[str, str]:
    """By id: the record number, or the number in a publication; with its name if they mix."""
    mixed = len({one.study for one in members}) >= _LATER
    return {
        member.id: f"{member.study} {member.label}" if mixed and member.study else member.label
        for member in members
    }


def table_2_exhibit(members: Sequence[Member], counting: Counting, as_of: date) -> Exhibit:
    """The line list: therapy before, MRD, status and times; beside it the disease at diagnosis."""
    ids, labels = tuple(member.id for member in members), who_labels(members)
    rows = tuple(_course_row(member, labels[member.id], counting) for member in members)
    head = _heads("patient", "sorafenib", "earlier", "mrd", "status", "rfs", "rfs_event", "os",
                  "os_event", "last_known")  # fmt: skip
    title = say("table_2.title")
    course = Values("", title, head, rows, ids, shares=(0, 0, 3, 0, 2, 0, 0, 0, 0, 0))
    disease = Values(
        "disease",
        say("table_2.disease"),
        _heads("patient", "sex", "age", "wbc", "blasts", "fab", "karyotype", "genes", "risk"),
        tuple(_disease_row(member, labels[member.id]) for member in members),
        ids,
        shares=(0, 0, 0, 0, 0, 0, 2, 3, 0),
    )
    notes = [say("table_2.definition"), Endpoint.RFS_ANY.definition, Endpoint.OS.definition]
    if counting.cut_off is not None:
        notes.append(say("outcome.cut_off", day=counting.cut_off))
    return Exhibit("table_2", title, len(members), as_of, tuple(notes), (course, disease))


def _heads(*names: str) -> tuple[Message, ...]:
    return tuple(say(f"table_2.head.{name}") for name in names)


def _course_row(member: Member, label: str, counting: Counting) -> tuple[Cell, ...]:
    rfs = _observed(member, Endpoint.RFS_ANY, counting)
    overall = _observed(member, Endpoint.OS, counting)
    return (
        label,
        say(f"table_2.sorafenib.{member.sorafenib.value}"),
        member.earlier or (say("table_2.withheld") if member.withheld else None),
        _baseline(member),
        say(f"cohort.status.{member.status.value}"),
        *rfs,
        *overall,
        say(f"cohort.outcome.{member.last_known.value}"),
    )


def _baseline(member: Member) -> Cell:
    positive = member.fate.baseline_positive
    if positive is None:
        return None
    if positive and member.baseline_percent is not None:
        return say("table_2.positive", percent=member.baseline_percent)
    return say("cohort.mrd.positive" if positive else "cohort.mrd.negative")


def _observed(member: Member, endpoint: Endpoint, counting: Counting) -> tuple[Cell, Cell]:
    found = observe(member.fate, endpoint, counting)
    if isinstance(found, Message):
        return None, None
    return short_months(found.months), int(found.event)


def short_months(months: Decimal) -> Decimal:
    """Months as reported, or with one decimal where they come from days."""
    return months if months == months.to_integral_value() else months.quantize(Decimal("0.1"))


def _disease_row(member: Member, label: str) -> tuple[Cell, ...]:
    genes = None if member.genes is None else ", ".join(member.genes) or say("table_2.no_gene")
    karyotype: Cell = member.karyotype or None
    if member.normal_karyotype is not None and not member.karyotype:
        karyotype = say("cohort.normal" if member.normal_karyotype else "cohort.abnormal")
    return (
        label,
        say(f"table_2.sex.{member.sex.value}"),
        member.age,
        member.wbc,
        member.blasts,
        member.fab or None,
        karyotype,
        genes,
        None if member.risk is Risk.NOT_RECORDED else say(f"risk.{member.risk.value}"),
    )


def completeness_exhibit(
    members: Sequence[Member], found: Sequence[Completeness], as_of: date
) -> Exhibit:
    """What is missing, patient by patient and fact by fact; nobody is left out for it."""
    facts, labels = [one.fact for one in found], who_labels(members)
    by_patient = tuple(
        (
            labels[member.id],
            len(facts) - len(member.missing),
            tuple_text([say(f"completeness.fact.{fact}") for fact in member.missing]),
        )
        for member in members
    )
    lacking = frozenset(place for place, member in enumerate(members) if member.missing)
    title = say("completeness.title")
    patients = Values(
        "",
        title,
        (say("table_2.head.patient"), say("completeness.known", of=len(facts)),
         say("completeness.missing")),
        by_patient,
        tuple(member.id for member in members),
        lacking,
        (0, 0, 1),
    )  # fmt: skip
    by_fact = Values(
        "facts",
        say("completeness.by_fact"),
        (say("completeness.fact"), say("completeness.known_of", of=len(members)),
         say("completeness.lacking")),
        tuple(
            (say(f"completeness.fact.{one.fact}"), one.known, ", ".join(one.missing) or None)
            for one in found
        ),
        (),
        frozenset(place for place, one in enumerate(found) if one.missing),
        (0, 0, 1),
    )  # fmt: skip
    total = sum(len(member.missing) for member in members)
    told = say("completeness.told", missing=total, of=len(facts) * len(members), n=len(lacking))
    return Exhibit(
        "completeness", title, len(members), as_of, (say("completeness.definition"),),
        (patients, by_fact), (told,), _matrix(members, facts) if members else None,
    )  # fmt: skip


def completeness_by_fact(
    found: Sequence[Completeness], n: int, as_of: date, *, named: bool
) -> Exhibit:
    """What is missing, fact by fact, for print: of many patients the first are named."""
    head = [say("completeness.fact"), say("completeness.known_of", of=n),
            say("completeness.missing")]  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for one in found:
        row: tuple[Cell, ...] = (
            say(f"completeness.fact.{one.fact}"), one.known, len(one.missing) or None,
        )  # fmt: skip
        rows.append((*row, _first_of(one.missing)) if named else row)
    if named:
        head.append(say("completeness.lacking"))
    title = say("completeness.title")
    values = Values("", title, tuple(head), tuple(rows), shares=(6, 3, 2, 13)[: len(head)])
    notes = (say("completeness.definition"),)
    return Exhibit("completeness", title, n, as_of, notes, (values,))


def _first_of(labels: Sequence[str]) -> Cell:
    if len(labels) <= _NAMED:
        return ", ".join(labels) or None
    first = ", ".join(labels[:_NAMED])
    return say("completeness.and_more", first=first, more=len(labels) - _NAMED)


def tuple_text(words: Sequence[Message]) -> Cell:
    """Several words as one value; nothing for none."""
    return say("completeness.list", words=tuple(words)) if words else None


def _matrix(members: Sequence[Member], facts: Sequence[str]) -> TileDrawing:
    known, missing = Tile("heat0", ""), Tile("heat3", "×")
    lacking = [set(member.missing) for member in members]
    return TileDrawing(
        rows=tuple(who_labels(members).values()),
        columns=tuple(say(f"completeness.short.{fact}") for fact in facts),
        tiles={
            (row, column): missing if fact in lacking[row] else known
            for row in range(len(members))
            for column, fact in enumerate(facts)
        },
        legend=((known, say("completeness.is_known")), (missing, say("completeness.is_missing"))),
        row_head=say("table_2.head.patient"),
    )
