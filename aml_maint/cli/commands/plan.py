"""`plan` and `regimens`: what a regimen plans, from the regimen alone."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterable
from datetime import date

from aml_maint.cli import values
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.output import table
from aml_maint.domain.messages import Catalogue, say
from aml_maint.domain.quantities import dose_text
from aml_maint.domain.schedule import PlannedDose, doses_of_cycle, on_time_course
from aml_maint.services import library


def _plan_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("regimen", metavar="REGIMEN", help="cli.help.regimen")
    parser.add_argument("--start", required=True, metavar="YYYY-MM-DD", help="cli.help.start")
    parser.add_argument("--cycles", default="1", metavar="N", help="cli.help.cycles")
    parser.add_argument("--zone", metavar="ZONE", help="cli.help.zone")


def _plan(options: Namespace) -> Answer:
    regimen = library.regimen(options.regimen)
    start = values.day(options.start, "start")
    cycles = values.whole(options.cycles, "cycles")
    course = on_time_course(regimen, start, cycles, values.zone(options.zone))
    doses = [dose for number in range(1, cycles + 1) for dose in doses_of_cycle(course, number)]
    counted = Counter(dose.id.component for dose in doses)
    data = {
        "regimen": regimen.id,
        "version": regimen.version,
        "start": start,
        "zone": course.zone,
        "cycles": cycles,
        "totals": {component.id: counted[component.id] for component in regimen.components},
        "slots": [_slot(dose) for dose in doses],
    }
    return Answer(data, lambda words: _lines(words, doses))


def _slot(dose: PlannedDose) -> dict[str, object]:
    known = dose.dose
    unit = dose.component.drug.dose_unit
    return {
        "component": dose.id.component,
        "cycle": dose.cycle,
        "day": dose.day,
        "date": dose.at.date(),
        "time": dose.at.time(),
        "slot": dose.id.slot,
        "dose": {
            "value": known.value if known else None,
            "unit": known.unit if known else unit,
        },
        "linked_to": dose.linked_to.component if dose.linked_to else None,
    }


def _lines(words: Catalogue, doses: Iterable[PlannedDose]) -> Iterable[str]:
    """One paragraph a day: time, drug, dose."""
    day: date | None = None
    rows: list[tuple[str, str, str]] = []
    for dose in doses:
        if dose.on != day:
            yield from table(rows)
            rows = []
            day = dose.on
            yield words.text("cli.plan.day", day=day, cycle=dose.cycle, number=dose.day)
        amount = dose_text(dose.dose) if dose.dose else say("cli.dose_to_be_entered")
        rows.append(
            (f"  {dose.at:%H:%M}", words.text(dose.component.drug.name), words.text(amount))
        )
    yield from table(rows)


def _no_arguments(parser: ArgumentParser) -> None:
    """`regimens` takes none."""


def _regimens(_options: Namespace) -> Answer:
    known = sorted(library.regimens().values(), key=lambda regimen: regimen.id)
    data = [
        {
            "regimen": regimen.id,
            "version": regimen.version,
            "name": regimen.name,
            "cycle_days": regimen.cycle_days(1),
            "components": [component.id for component in regimen.components],
        }
        for regimen in known
    ]
    return Answer(
        data, lambda words: table((regimen.id, words.text(regimen.name)) for regimen in known)
    )


COMMANDS = {"plan": Command(_plan_arguments, _plan), "regimens": Command(_no_arguments, _regimens)}
