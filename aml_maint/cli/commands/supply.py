"""`supply` with `supply record` and `supply undo`: the tablets at a patient's home."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from uuid import uuid4

from aml_maint.cli import seat, values
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.output import table
from aml_maint.cli.saved import once, saved
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Catalogue, Message, say
from aml_maint.domain.quantities import Dose, dose_text
from aml_maint.domain.regimen import Drug
from aml_maint.domain.supply import SupplyEntry, SupplyKind
from aml_maint.services.home_supply import (
    SupplyStatus,
    home_drugs,
    record_supply,
    supply_status,
    withdraw_supply,
)
from aml_maint.services.record_numbers import course_of


def _patient_argument(parser: ArgumentParser) -> None:
    parser.add_argument("patient", metavar="MRN", help="cli.help.mrn")


def _status(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        found = supply_status(place, course_of(place, options.patient).id)
    return Answer(
        {"drugs": [_data(status) for status in found]}, lambda words: _lines(words, found)
    )


def _data(status: SupplyStatus) -> dict[str, object]:
    account, coming = status.account, status.forecast
    last = account.last_count
    return {
        "drug": status.drug.id,
        "unit": account.unit,
        "strengths": [strength.value for strength in account.strengths],
        "dispensed": account.dispensed,
        "returned": account.returned,
        "lost": account.lost,
        "taken": account.taken,
        "expected": account.expected,
        "at_home": account.at_home,
        "tablets_at_home": account.tablets(account.at_home),
        "unconfirmed_doses": status.unconfirmed,
        "last_count": None
        if last is None
        else {
            "at": last.at.local,
            "counted": last.counted,
            "expected": last.expected,
            "difference": last.difference,
        },
        "days": None if coming is None else coming.days,
        "short_on": None if coming is None else coming.short_on,
        "low": status.is_low,
        "low_below_days": status.low_below_days,
        "why": [account.explained(), status.lasts],
        "entries": [_entry_data(entry) for entry in status.entries],
    }


def _entry_data(entry: SupplyEntry) -> dict[str, object]:
    return {
        "id": entry.id,
        "kind": entry.kind.value,
        "tablets": entry.tablets,
        "strength": {"value": entry.strength.value, "unit": entry.strength.unit},
        "at": entry.at.local,
        "lot": entry.lot,
        "expires_on": entry.expires_on,
        "recorded_by": entry.recorded_by,
        "note": entry.note,
    }


def _lines(words: Catalogue, found: Iterable[SupplyStatus]) -> Iterable[str]:
    rows = []
    for status in found:
        account = status.account
        at_home = words.text(account.told(account.at_home))
        rows.append((words.text(status.drug.name), at_home, words.text(status.lasts)))
    yield from table(rows)
    if not rows:
        yield words.text("cli.supply_none")


def _record_arguments(parser: ArgumentParser) -> None:
    _patient_argument(parser)
    add = parser.add_argument
    add("drug", metavar="DRUG", help="cli.help.unplanned_drug")
    add("kind", metavar="KIND", help="cli.help.supply_kind")
    add("tablets", metavar="N", help="cli.help.supply_tablets")
    add("--strength", nargs=2, metavar=("VALUE", "UNIT"), help="cli.help.supply_strength")
    add("--at", metavar="ISO", help="cli.help.supply_at")
    add("--lot", metavar="TEXT", help="cli.help.lot")
    add("--expires", metavar="YYYY-MM-DD", help="cli.help.supply_expires")
    add("--note", default="", metavar="TEXT", help="cli.help.note")
    add("--command-id", metavar="UUID", help="cli.help.command_id")


def _record(options: Namespace) -> Answer:
    id = str(values.command_id(options.command_id) or uuid4())
    with seat.ward(options) as place:
        course = course_of(place, options.patient)
        drugs = {drug.id: drug for drug in home_drugs(place, course.id)}
        drug = drugs.get(options.drug)
        if drug is None:
            known = tuple(drugs)
            raise BadInput(say("supply.error.no_such_drug"),
                           hint=say("unplanned.no_such_drug.hint", known=known),
                           field="drug")  # fmt: skip
        at = place.clock.now()
        if options.at is not None:
            at = values.moment(options.at, course.zone, "at")
        entry = SupplyEntry(
            id, drug.id, _strength(drug, options.strength),
            values.word(options.kind, SupplyKind, "kind"), values.whole(options.tablets, "tablets"),
            at, "", options.lot, values.optional_day(options.expires, "expires"), options.note,
        )  # fmt: skip
        changes = once(
            options, place, "record_supply",
            lambda command: record_supply(place, course.id, entry, command),
        )  # fmt: skip
    told = Message(
        "cli.supply_recorded",
        {
            "drug": drug.name,
            "tablets": say("supply.number", tablets=entry.tablets,
                           strength=dose_text(entry.strength)),
            "kind": say(f"supply.kind.{entry.kind.value}"),
            "id": id,
        },
    )  # fmt: skip
    return saved(changes, told, id=id)


def _strength(drug: Drug, typed: list[str] | None) -> Dose:
    """The strength typed, or the only one that the drug has."""
    if typed is not None:
        return values.dose(*typed)
    if len(drug.strengths) > 1:
        known = tuple(dose_text(strength.dose) for strength in drug.strengths)
        raise BadInput(say("supply.error.strength", drug=drug.name, known=known), field="strength")
    return drug.strengths[0].dose


def _undo_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("entry", metavar="UUID", help="cli.help.supply_entry")
    add("--why", required=True, metavar="TEXT", help="cli.help.why")
    add("--command-id", metavar="UUID", help="cli.help.command_id")


def _undo(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        changes = once(
            options, place, "withdraw_supply",
            lambda command: withdraw_supply(place, options.entry, options.why, command),
        )  # fmt: skip
    return saved(changes, say("cli.supply_undone"), id=options.entry)


COMMANDS = {
    "supply": Command(_patient_argument, _status),
    "supply record": Command(_record_arguments, _record),
    "supply undo": Command(_undo_arguments, _undo),
}
