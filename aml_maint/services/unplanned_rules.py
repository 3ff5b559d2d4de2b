"""The rules that an unplanned dose has to pass, and what is kept of those set aside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import reduce
from uuid import uuid4

from aml_maint.domain.administration import INJECTION_SITES, Administration, Status
from aml_maint.domain.as_needed import AsNeededOrder, Given, limits_broken
from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.gate import GateVerdict
from aml_maint.domain.messages import Message, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import Dose
from aml_maint.domain.regimen import Drug
from aml_maint.domain.schedule import SlotId, doses_between
from aml_maint.domain.unplanned import Unplanned
from aml_maint.services.dose_entry import Override
from aml_maint.services.dose_evidence import evidence_of, with_evidence
from aml_maint.services.dose_rules import (
    DoseRules,
    check_dose_unit,
    plausible_temperature,
)
from aml_maint.services.medicines import Medicine, component_of, medicine_of
from aml_maint.services.site_settings import needs_witness
from aml_maint.services.witnessing import confirmed_witness
from aml_maint.services.workplace import Workplace
from aml_maint.store import as_needed, doses

# A limit looks at the doses of 24 hours before and after.
_NEAR = timedelta(days=2)


@dataclass(frozen=True)
class UnplannedEntry:
    """What a person says of a dose that no plan asked for.

    `drug` is the id of a drug or of a component of the regimen. `given` defaults to now; `order`
    is a standing order, which then supplies what the entry leaves out. An extra dose of the
    regimen needs a coded `reason`, a drug given as needed an `indication`, both who ordered it.
    """

    course: str
    drug: str
    dose: Dose | None = None
    given: Moment | None = None
    route: str | None = None
    indication: str | None = None
    reason: str | None = None
    ordered_by: str = ""
    order: str | None = None
    note: str = ""
    site: str | None = None
    lot: str | None = None
    temperature: Decimal | None = None
    override: Override | None = None
    witness: str | None = None
    witness_passphrase: str = field(default="", repr=False)
    id: str = field(default_factory=lambda: str(uuid4()))
    """The id that the record will have, so that who recorded it can take it back."""


@dataclass(frozen=True)
class _Broken:
    """A rule that forbids the dose: its kind, the sentence, and what would help."""

    kind: str
    message: Message
    hint: Message


class UnplannedRules:
    """Judges one entry by the course, its counts, and the doses near it."""

    def __init__(
        self, place: Workplace, course: Course, drugs: Mapping[str, Drug], entry: UnplannedEntry
    ) -> None:
        self.place = place
        self.course = course
        self.drugs = drugs
        self.entry = entry
        self.now = place.clock.now()
        self.given = entry.given or self.now
        self.day = self.given.day_in(course.zone)
        if course.cycle_day(self.day) is None:
            raise BadInput(say("unplanned.outside_course", day=self.day), field="given")
        self.medicine: Medicine = medicine_of(drugs, course, entry.drug, self.day)
        self.order = self._order()

    def record(self, replaced: Administration | None = None) -> Administration:
        """The record of the entry, which may replace a standing one.

        Raises what forbids it: BadInput for an impossible one, Refused for a rule.
        """
        slot = replaced.slot if replaced is not None else self._new_slot()
        if replaced is not None:
            self._check_replaced(replaced)
        verdict = self._rules(slot).verdict_on(self.medicine.component, self.given.utc)
        made = self._made(slot, verdict, replaced)
        broken = list(self._broken(made, verdict, replaced))
        if broken and self.entry.override is None:
            told = reduce(
                lambda a, b: say("unplanned.rules", first=a, then=b), (b.message for b in broken)
            )
            raise Refused(told, hint=broken[0].hint)
        if broken:
            self.place.expect_allowed("override_rule")
            made = with_evidence(made, set_aside=" ".join(rule.kind for rule in broken))
        return made

    def _made(
        self, slot: SlotId, verdict: GateVerdict | None, replaced: Administration | None
    ) -> Administration:
        entry, at = self.entry, self._minute()
        return Administration(
            id=entry.id,
            slot=slot,
            patient_id=self.course.patient_id,
            status=Status.GIVEN,
            ideal=at,
            planned=at,
            given=self.given,
            dose=self._dose(),
            recorded=self.now,
            recorded_by=self.place.actor.name,
            recorded_role=self.place.actor.role.value,
            reason=self._reason(),
            note=entry.note.strip(),
            site=self._site(),
            lot=(entry.lot or "").strip() or None,
            temperature=plausible_temperature(entry.temperature),
            gate=evidence_of(verdict, None, entry.override),
            replaces=None if replaced is None else replaced.id,
            witness=confirmed_witness(
                self.place,
                entry.witness,
                entry.witness_passphrase,
                self.medicine.drug.name,
                needed=needs_witness(self.place, self.medicine.component.id),
                replaced=replaced,
            ),
            unplanned=Unplanned(self._route(), self._ordered_by(), self._indication(), entry.order),
        )

    # -- what is said --------------------------------------------------------------------------

    def _new_slot(self) -> SlotId:
        medicine = self.medicine
        slot = SlotId(self.course.id, medicine.component.id, self.day, medicine.slot)
        return slot._replace(sequence=doses.next_sequence(self.place.store, slot))

    def _check_replaced(self, replaced: Administration) -> None:
        if replaced.slot.component != self.medicine.component.id:
            raise BadInput(say("unplanned.same_drug"), field="drug")
        if replaced.slot.planned_on != self.day:
            raise BadInput(say("unplanned.same_day", day=replaced.slot.planned_on), field="given")

    def _minute(self) -> datetime:
        """The civil time it was given, to the minute, as a planned time is written."""
        local = Moment.at(self.given.utc, self.course.zone).local
        return local.replace(tzinfo=None, second=0, microsecond=0)

    def _order(self) -> AsNeededOrder | None:
        if self.entry.order is None:
            return None
        for order in as_needed.of_course(self.place.store, self.course.id):
            if order.id == self.entry.order and order.drug == self.medicine.drug.id:
                return order
        raise BadInput(say("as_needed.no_such_order"), field="order")

    def _dose(self) -> Dose:
        dose = self.entry.dose or (self.order.dose if self.order else None)
        if dose is None:
            raise BadInput(say("error.dose_needed", drug=self.medicine.drug.name), field="dose")
        check_dose_unit(self.medicine.component, dose)
        return dose

    def _route(self) -> str:
        route = self.entry.route or (self.order.route if self.order else self.medicine.routes[0])
        if route not in self.medicine.routes:
            known = tuple(say(f"route.{name}") for name in self.medicine.routes)
            name = self.medicine.drug.name
            raise BadInput(say("unplanned.no_route", drug=name, known=known), field="route")
        return route

    def _ordered_by(self) -> str:
        return self.entry.ordered_by.strip() or (self.order.ordered_by if self.order else "")

    def _indication(self) -> str | None:
        if self.medicine.is_extra:
            return None
        indication = self.entry.indication or (self.order.indication if self.order else None)
        rules = self.medicine.drug.as_needed
        if indication is None or rules is None or indication not in rules.indications:
            raise BadInput(say("unplanned.no_indication"), field="indication")
        return indication

    def _reason(self) -> str | None:
        if self.medicine.is_extra and self.entry.reason is None:
            raise BadInput(say("error.reason_needed"), field="reason")
        return self.entry.reason if self.medicine.is_extra else None

    def _site(self) -> str | None:
        site = self.entry.site
        if site in INJECTION_SITES and self._route() in {"oral", "as_prescribed"}:
            raise BadInput(say("error.site_of_oral", drug=self.medicine.drug.name), field="site")
        return site

    # -- what forbids it -----------------------------------------------------------------------

    def _rules(self, slot: SlotId) -> DoseRules:
        return DoseRules(self.place, self.course, slot.planned_on, slot.planned_on)

    def _broken(
        self, made: Administration, verdict: GateVerdict | None, replaced: Administration | None
    ) -> Iterator[_Broken]:
        component = self.medicine.component
        hold = self.course.hold_of(component.id, self.day) if self.medicine.is_extra else None
        if hold is not None:
            yield _Broken("held", say("error.held", since=hold.first_day), say("error.held.hint"))
        if verdict is not None and not verdict.is_open:
            yield _Broken("gate", verdict.reason, say("error.gate_closed.hint"))
        if self.medicine.is_extra:
            yield from self._too_close(made)
        else:
            yield from self._limits(made, replaced)

    def _too_close(self, made: Administration) -> Iterator[_Broken]:
        found = [other for record, other in self._rules(made.slot).too_close([made])]
        days = self.medicine.component.min_gap_days
        for other in found[:1]:
            assert other.given is not None  # only doses that were taken are too close
            when = other.given.day_in(self.course.zone)
            told = say("error.too_close", days=days, other=when)
            yield _Broken("too_close", told, say("error.too_close.hint"))

    def _limits(self, made: Administration, replaced: Administration | None) -> Iterator[_Broken]:
        drug = self.medicine.drug
        assert drug.as_needed is not None and made.dose is not None  # checked when it was made
        others, coming = self._doses_near(None if replaced is None else replaced.id)
        broken = limits_broken(
            drug.name, drug.as_needed, Given(self.given, made.dose), others, coming, self.order
        )
        for limit in broken:
            hint = say("as_needed.limit.hint")
            if limit.source is not None:
                hint = say("as_needed.limit.source", source=limit.source.title)
            yield _Broken(limit.kind, limit.message, hint)

    def _doses_near(self, without: str | None) -> tuple[list[Given], list[datetime]]:
        """The doses of the drug given around that time, and when one is planned after it."""
        first, last = self.day - _NEAR, self.day + _NEAR
        store, course, reach = self.place.store, self.course, self.course.reach
        planned = {
            dose.id: dose
            for dose in doses_between(course, max(first, course.first_day), last)
            if dose.component.drug.id == self.medicine.drug.id
        }
        known = doses.live_between(store, first - reach, last + reach, course.id)
        mine = [known[slot] for slot in planned if slot in known]
        mine += [
            record
            for record in doses.unplanned_between(store, first, last, course.id)
            if record.id != without and self._drug_of(record.slot) == self.medicine.drug.id
        ]
        given = [Given(r.given, r.dose) for r in mine if r.given is not None and r.dose]
        coming = [
            dose.due for slot, dose in planned.items() if slot not in known and not dose.is_left_out
        ]
        return given, coming

    def _drug_of(self, slot: SlotId) -> str:
        return component_of(self.drugs, self.course, slot).drug.id
