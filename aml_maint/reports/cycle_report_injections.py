"""The injections of a cycle in words: sites, lots, witnesses, the gap after premedication."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from aml_maint.domain.administration import Administration
from aml_maint.domain.injection import SiteReaction
from aml_maint.domain.messages import Message, say
from aml_maint.domain.premedication_gap import GapFit, PremedicationGap, recorded_gap
from aml_maint.domain.regimen import Component
from aml_maint.reports.cycle_report import CycleReport


def injection_details(report: CycleReport, component: Component) -> Iterator[Message]:
    """What was recorded of a drug's injections; nothing for one that is not injected or given.

    Reactions at the sites stand with the first injected drug: nobody knows which one did it.
    """
    if not component.rotate_site:
        return
    records = [dose.record for dose in report.doses(component.id) if dose.taken and dose.record]
    records.sort(key=lambda record: record.recorded.utc)
    if records:
        yield from _of_records(report, component, records)
    first = next(c for c in report.course.regimen.components if c.rotate_site)
    if component.id == first.id and report.reactions:
        told = tuple(_reaction(reaction) for reaction in report.reactions)
        yield say("report.injections.reactions", list=told)


def _of_records(
    report: CycleReport, component: Component, records: Sequence[Administration]
) -> Iterator[Message]:
    sites = Counter(record.site for record in records if record.site)
    yield _counted("report.injections.sites", ((say(f"site.{s}"), n) for s, n in sites.items()))
    missing = len(records) - sites.total()
    if missing and sites:
        yield say("report.injections.no_site", count=missing)
    lots = Counter(record.lot for record in records if record.lot)
    if lots:
        yield _counted("report.injections.lots", lots.items())
    witnesses = Counter(record.witness for record in records if record.witness)
    if witnesses:
        yield _counted("report.injections.witnesses", witnesses.items())
    yield from _gaps(report, component, records)


def _counted(key: str, counts: Iterable[tuple[object, int]]) -> Message:
    """Things with how often, such as `abdomen, left 3`; says so when there is none."""
    told = tuple(say("report.injections.times", what=what, count=n) for what, n in counts)
    return Message(key, {"list": told or say("report.not_recorded")})


def _gaps(
    report: CycleReport, component: Component, records: Iterable[Administration]
) -> Iterator[Message]:
    """How often the premedication came in its time, and each gap that was off."""
    before = next(
        (c for c in report.course.regimen.components if c.link and c.link.to == component.id), None
    )
    if before is None or before.link is None:
        return
    by_day = {
        dose.planned.id.planned_on: dose.record
        for dose in report.doses(before.id)
        if dose.record is not None
    }
    gaps: list[tuple[int, PremedicationGap | None]] = []
    for record in records:
        first = by_day.get(record.slot.planned_on)
        gap = recorded_gap(before.link, first, record) if first is not None else None
        gaps.append((report.day_number(record.planned.date()), gap))
    known = [gap for _, gap in gaps if gap is not None]
    right = sum(gap.fit is GapFit.IN_WINDOW for gap in known)
    yield say(
        "report.injections.gaps",
        drug=before.drug.name,
        right=right,
        count=len(gaps),
    )
    for day, gap in gaps:
        if gap is not None and gap.fit is not GapFit.IN_WINDOW:
            yield say("report.injections.gap_off", day=day, minutes=gap.minutes)


def _reaction(reaction: SiteReaction) -> Message:
    told: dict[str, object] = {
        "kind": say(f"injection.kind.{reaction.kind.value}"),
        "site": say(f"site.{reaction.site}"),
        "first": reaction.first_day,
    }
    if reaction.last_day is None:
        return Message("report.injections.reaction.present", told)
    return Message("report.injections.reaction.ended", told | {"last": reaction.last_day})
