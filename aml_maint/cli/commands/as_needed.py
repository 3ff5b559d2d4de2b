"""`as-needed` with `as-needed order` and `as-needed stop`: orders for drugs given as needed."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from uuid import uuid4

from aml_maint.cli import seat, values
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.saved import once, saved
from aml_maint.domain.as_needed import AsNeededOrder
from aml_maint.domain.messages import Catalogue, say
from aml_maint.domain.quantities import dose_text
from aml_maint.services.as_needed import (
    MedicineNow,
    as_needed_orders,
    medicines_now,
    order_as_needed,
    stop_as_needed,
)
from aml_maint.services.record_numbers import course_of


def _patient_argument(parser: ArgumentParser) -> None:
    parser.add_argument("patient", metavar="MRN", help="cli.help.mrn")


def _list(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        course = course_of(place, options.patient)
        orders = as_needed_orders(place, course.id)
        medicines = medicines_now(place, course.id)
    names = {now.medicine.drug.id: now for now in medicines}
    data = {
        "orders": [_order_data(order) for order in orders],
        "drugs": [
            _drug_data(now) for now in medicines if now.offered and not now.medicine.is_extra
        ],
    }

    def lines(words: Catalogue) -> Iterable[str]:
        for order in orders:
            last = order.last_day
            days = (
                say("as_needed.since", first=order.first_day)
                if last is None
                else say("as_needed.from_to", first=order.first_day, last=last)
            )
            told = say(
                "unplanned.order.line",
                drug=names[order.drug].medicine.drug.name,
                dose=dose_text(order.dose),
                indication=say(f"indication.{order.indication}"),
                by=order.ordered_by,
            )
            yield words.text("cli.as_needed_line", order=told, days=days)
        if not orders:
            yield words.text("cli.as_needed_none")

    return Answer(data, lines)


def _order_data(order: AsNeededOrder) -> dict[str, object]:
    return {
        "id": order.id,
        "drug": order.drug,
        "dose": {"value": order.dose.value, "unit": order.dose.unit},
        "route": order.route,
        "indication": order.indication,
        "most_doses": order.most_doses,
        "min_gap_minutes": order.min_gap_minutes,
        "first_day": order.first_day,
        "last_day": order.last_day,
        "ordered_by": order.ordered_by,
        "note": order.note,
    }


def _drug_data(now: MedicineNow) -> dict[str, object]:
    total = now.total
    return {
        "drug": now.medicine.drug.id,
        "doses_in_24_hours": now.doses,
        "total": None if total is None else {"value": total.value, "unit": total.unit},
        "next_from": None if now.next_from is None else now.next_from.local,
    }


def _order_arguments(parser: ArgumentParser) -> None:
    _patient_argument(parser)
    add = parser.add_argument
    add("drug", metavar="DRUG", help="cli.help.unplanned_drug")
    add("--dose", nargs=2, required=True, metavar=("VALUE", "UNIT"), help="cli.help.dose")
    add("--for", dest="indication", required=True, metavar="CODE", help="cli.help.indication")
    add("--ordered-by", required=True, metavar="NAME", help="cli.help.ordered_by")
    add("--route", default="oral", metavar="ROUTE", help="cli.help.route")
    add("--most-doses", metavar="N", help="cli.help.most_doses")
    add("--min-gap", metavar="MINUTES", help="cli.help.min_gap")
    add("--from", dest="first", metavar="YYYY-MM-DD", help="cli.help.order_first")
    add("--to", dest="last", metavar="YYYY-MM-DD", help="cli.help.order_last")
    add("--note", default="", metavar="TEXT", help="cli.help.note")
    add("--command-id", metavar="UUID", help="cli.help.command_id")


def _order(options: Namespace) -> Answer:
    id = str(values.command_id(options.command_id) or uuid4())
    with seat.ward(options) as place:
        course = course_of(place, options.patient)
        first = values.optional_day(options.first, "from")
        order = AsNeededOrder(
            id, options.drug, values.dose(*options.dose), options.route, options.indication,
            options.ordered_by, first or place.clock.now().day_in(course.zone),
            values.optional_day(options.last, "to"),
            None if options.most_doses is None else values.whole(options.most_doses, "most_doses"),
            None if options.min_gap is None else values.whole(options.min_gap, "min_gap"),
            options.note,
        )  # fmt: skip
        changes = once(
            options, place, "order_as_needed",
            lambda command: order_as_needed(place, course.id, order, command),
        )  # fmt: skip
    told = say(
        "cli.as_needed_ordered", drug=options.drug, dose=dose_text(order.dose), id=id,
    )  # fmt: skip
    return saved(changes, told, id=id)


def _stop_arguments(parser: ArgumentParser) -> None:
    _patient_argument(parser)
    add = parser.add_argument
    add("--order", required=True, metavar="UUID", help="cli.help.order_id")
    add("--to", dest="last", required=True, metavar="YYYY-MM-DD", help="cli.help.order_last")
    add("--why", required=True, metavar="TEXT", help="cli.help.order_why")
    add("--command-id", metavar="UUID", help="cli.help.command_id")


def _stop(options: Namespace) -> Answer:
    last = values.day(options.last, "to")
    with seat.ward(options) as place:
        course = course_of(place, options.patient)
        changes = once(
            options, place, "stop_as_needed",
            lambda command: stop_as_needed(
                place, course.id, options.order, last, options.why, command
            ),
        )  # fmt: skip
    return saved(changes, say("cli.as_needed_stopped", day=last), id=options.order)


COMMANDS = {
    "as-needed": Command(_patient_argument, _list),
    "as-needed order": Command(_order_arguments, _order),
    "as-needed stop": Command(_stop_arguments, _stop),
}
