"""`drugs` and its parts: the drugs given as needed and the tablets that the ward has."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from aml_maint.cli import seat, values
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.saved import once, saved
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Catalogue, Name, say
from aml_maint.domain.quantities import Dose, dose_text, unit_code
from aml_maint.domain.site_drug import SiteDrug
from aml_maint.services.medicines import drugs_of
from aml_maint.services.site_drugs import (
    KnownDrug,
    add_site_drug,
    change_site_drug,
    known_drugs,
    set_strengths,
    site_drug,
)


def _no_arguments(_: ArgumentParser) -> None:
    """The list takes none."""


def _list(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        found = known_drugs(place)
    return Answer({"drugs": [_data(one) for one in found]}, lambda words: _lines(words, found))


def _data(one: KnownDrug) -> dict[str, object]:
    rules = one.drug.as_needed
    return {
        "drug": one.drug.id,
        "name": one.drug.name,
        "ward": one.own is not None,
        "in_use": one.drug.in_use,
        "unit": one.drug.dose_unit,
        "routes": list(one.drug.routes or (one.drug.route,)),
        "as_needed": None if rules is None else {
            "indications": list(rules.indications),
            "min_gap_minutes": rules.min_gap_minutes,
            "most": None if rules.most is None else rules.most.value,
            "most_doses": rules.most_doses,
        },
        "strengths": [
            {"value": s.dose.value, "unit": s.dose.unit, "source": s.source.title}
            for s in one.drug.strengths
        ],
        "decisions": [
            {
                "at": v.decided.local, "by": v.decided_by, "reason": v.reason,
                "in_use": v.drug.in_use, "stands": v.stands,
            }
            for v in one.versions
        ],
    }  # fmt: skip


def _lines(words: Catalogue, found: tuple[KnownDrug, ...]) -> Iterable[str]:
    for one in found:
        whose = "program" if one.own is None else "ward" if one.drug.in_use else "ended"
        tablets = tuple(dose_text(strength.dose) for strength in one.drug.strengths)
        yield words.text(
            "cli.drugs.one", drug=one.drug.name, code=one.drug.id,
            whose=say(f"site_drug.whose.{whose}"), tablets=tablets or ("–",),
        )  # fmt: skip


def _limit_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("--route", metavar="ROUTE", action="append", help="cli.help.drug_route")
    add("--for", dest="indications", metavar="WORD", action="append", help="cli.help.drug_for")
    add("--hours-apart", metavar="N", help="cli.help.drug_hours")
    add("--most", metavar="N", help="cli.help.drug_most")
    add("--most-doses", metavar="N", help="cli.help.drug_most_doses")
    _why_arguments(parser)


def _why_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--why", required=True, metavar="TEXT", help="cli.help.drug_why")
    parser.add_argument("--command-id", metavar="UUID", help="cli.help.command_id")


def _add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="cli.help.drug_name")
    parser.add_argument("name_zh", metavar="CHINESE", nargs="?", help="cli.help.drug_name_zh")
    parser.add_argument("--unit", default="mg", metavar="UNIT", help="cli.help.drug_unit")
    _limit_arguments(parser)


def _add(options: Namespace) -> Answer:
    drug = SiteDrug(
        "",
        Name(options.name, options.name_zh or options.name),
        tuple(options.route or ("oral",)),
        unit_code(options.unit),
        tuple(options.indications or ()),
        _minutes(options.hours_apart),
        values.optional_decimal(options.most, "most"),
        _number(options.most_doses),
    )
    with seat.ward(options) as place:
        before = set(drugs_of(place))
        changes = once(
            options, place, "add_site_drug",
            lambda id: add_site_drug(place, drug, options.why, id),
        )  # fmt: skip
        new = sorted(set(drugs_of(place)) - before)
    code = new[0] if new else None
    return saved(changes, say("cli.drugs.saved"), drug=code)


def _change_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("drug", metavar="CODE", help="cli.help.drug_code")
    _limit_arguments(parser)


def _change(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        old = site_drug(place, options.drug)
        gap, number = _minutes(options.hours_apart), _number(options.most_doses)
        most = values.optional_decimal(options.most, "most")
        new = replace(
            old,
            routes=tuple(options.route or old.routes),
            indications=tuple(options.indications or old.indications),
            min_gap_minutes=old.min_gap_minutes if gap is None else gap,
            most=old.most if most is None else most,
            most_doses=old.most_doses if number is None else number,
        )
        changes = once(
            options, place, "change_site_drug",
            lambda id: change_site_drug(place, new, options.why, id),
        )  # fmt: skip
    return saved(changes, say("cli.drugs.saved"), drug=options.drug)


def _end_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("drug", metavar="CODE", help="cli.help.drug_code")
    _why_arguments(parser)


def _end(options: Namespace, *, in_use: bool) -> Answer:
    with seat.ward(options) as place:
        new = replace(site_drug(place, options.drug), in_use=in_use)
        changes = once(
            options, place, "change_site_drug",
            lambda id: change_site_drug(place, new, options.why, id),
        )  # fmt: skip
    return saved(changes, say("cli.drugs.saved"), drug=options.drug)


def _tablets_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("drug", metavar="CODE", help="cli.help.drug_code")
    parser.add_argument("strengths", metavar="N", nargs="*", help="cli.help.drug_strengths")
    _why_arguments(parser)


def _tablets(options: Namespace) -> Answer:
    numbers = [values.optional_decimal(text, "strengths") for text in options.strengths]
    with seat.ward(options) as place:
        drug = drugs_of(place).get(options.drug)
        if drug is None or drug.dose_unit is None:
            raise BadInput(say("site_drug.error.no_such"), field="drug")
        wanted = [Dose(number, drug.dose_unit) for number in numbers if number is not None]
        changes = once(
            options, place, "set_site_strengths",
            lambda id: set_strengths(place, options.drug, wanted, options.why, id),
        )  # fmt: skip
    return saved(changes, say("cli.drugs.saved"), drug=options.drug)


def _minutes(text: str | None) -> int | None:
    hours = values.optional_decimal(text, "hours_apart")
    if hours is None:
        return None
    minutes = hours * 60
    if minutes != int(minutes) or hours <= Decimal(0):
        raise BadInput(say("as_needed.gap_range"), field="hours_apart")
    return int(minutes)


def _number(text: str | None) -> int | None:
    return None if text is None else values.whole(text, "most_doses")


COMMANDS = {
    "drugs": Command(_no_arguments, _list),
    "drugs add": Command(_add_arguments, _add),
    "drugs change": Command(_change_arguments, _change),
    "drugs end": Command(_end_arguments, lambda options: _end(options, in_use=False)),
    "drugs resume": Command(_end_arguments, lambda options: _end(options, in_use=True)),
    "drugs tablets": Command(_tablets_arguments, _tablets),
}
