"""One planned dose in full: plan, times, record, gate with its evidence, earlier entries."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from aml_maint.domain.administration import Administration, CellState
from aml_maint.domain.course import Course
from aml_maint.domain.gate import GateVerdict
from aml_maint.domain.messages import Message, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import dose_text
from aml_maint.domain.regimen import DoseOrder
from aml_maint.domain.replan_words import days_moved, level_number
from aml_maint.domain.unplanned import Unplanned
from aml_maint.gui import dose_words
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.cell_sign import sign_pixmap
from aml_maint.gui.widgets.dose_history import DoseHistory
from aml_maint.gui.widgets.facts import Fact, FactGrid, literal
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.ornament import Ornament
from aml_maint.gui.widgets.sheet_words import clock_or_moment
from aml_maint.gui.widgets.sheet_words import dose_words as dose_line
from aml_maint.services.dose_view import DoseView


class DoseCard(QWidget):
    """Sign, drug and dose, how it stands; below that the facts."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self._view: DoseView | None = None
        self.sign = Ornament()
        self.drug = Label(looks, role="strong", wrap=True)
        self.state = Label(looks, role="body", token="muted", wrap=True)
        self.facts = FactGrid(looks)
        self.history = DoseHistory(looks)
        self._lay_out()
        looks.theme.changed.connect(self._restyle)

    def show_view(self, view: DoseView, course: Course | None = None) -> None:
        """Show a dose as it stands, and what was decided about it if the course is at hand."""
        self._view = view
        self.drug.say(dose_line(view.planned.component, view.planned.dose))
        kind = f"slot.{view.slot.slot}" if view.slot.is_unplanned else f"state.{view.state.value}"
        self.state.say(say(kind))
        decided = () if course is None else plan_facts(course, view)
        self.facts.show_facts([*dose_facts(view), *decided])
        self.history.show_entries(())
        self._restyle()

    def _restyle(self) -> None:
        if self._view is not None:
            size = self._looks.theme.unit(7)
            ratio = self.devicePixelRatioF()
            self.sign.setPixmap(
                sign_pixmap(self._view.state, self._looks.theme, size=size, ratio=ratio)
            )

    def _lay_out(self) -> None:
        theme = self._looks.theme
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.drug)
        texts.addWidget(self.state)
        head = QHBoxLayout()
        head.setSpacing(theme.unit(2))
        head.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(texts, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.unit(2))
        box.addLayout(head)
        box.addWidget(self.facts)
        box.addWidget(self.history)


def dose_facts(view: DoseView) -> Iterator[Fact]:
    """Everything known of a dose: its times, what else was recorded, the rules.

    What keeps it from being given, or asks for care, stands first.
    """
    planned, record = view.planned, view.record
    if record is not None and record.unplanned is not None:
        yield from _unplanned_facts(view, record, record.unplanned)
        return
    kept_back = view.state in {CellState.GATE_CLOSED, CellState.HELD} and record is None
    rules_first = kept_back or view.warning is not None
    if rules_first:
        yield from _rule_facts(view)
    ideal, at = planned.ideal, planned.at
    if record is not None:
        # The plan as it stood when the dose was recorded.
        ideal, at = record.ideal, record.planned
    if record is not None or ideal != at:
        yield Fact(say("card.ideal"), say("card.moment", at=ideal))
    yield Fact(say("card.planned"), say("card.moment", at=at))
    if record is not None:
        yield from _record_times(record, view)
    opens = Moment.at(view.window.opens, planned.zone).local
    closes = Moment.at(view.window.closes, planned.zone).local
    yield Fact(say("card.window"), say("card.span", opens=opens.time(), closes=closes.time()))
    yield Fact(say("card.route"), say(f"route.{planned.component.drug.route}"))
    if record is not None:
        yield from _record_facts(record, view)
    if not rules_first:
        yield from _rule_facts(view)


def _unplanned_facts(
    view: DoseView, record: Administration, unplanned: Unplanned
) -> Iterator[Fact]:
    """What is known of a dose that no plan asked for: why, by whose order, when."""
    if unplanned.indication is not None:
        yield Fact(say("unplanned.indication"), say(f"indication.{unplanned.indication}"))
    yield Fact(say("unplanned.ordered_by"), literal(unplanned.ordered_by))
    if unplanned.order is not None:
        yield Fact(say("unplanned.order"), say("unplanned.order.standing"))
    yield from _record_times(record, view)
    yield Fact(say("card.route"), say(f"route.{unplanned.route}"))
    yield from _record_facts(record, view)


def _record_times(record: Administration, view: DoseView) -> Iterator[Fact]:
    """When it was given, and when and by whom that was recorded."""
    if record.given is None:
        yield Fact(say("card.given"), say("card.not_given"), "muted")
    else:
        given = clock_or_moment(record.given.local, view.planned.at)
        yield Fact(say("card.given"), say("card.moment", at=given))
    recorded = clock_or_moment(record.recorded.local, view.planned.at)
    yield Fact(say("card.recorded"), say("card.moment", at=recorded))
    who = say("card.who", name=record.recorded_by, role=say(f"role.{record.recorded_role}"))
    yield Fact(say("card.by"), who)


def _record_facts(record: Administration, view: DoseView) -> Iterator[Fact]:
    if record.dose is not None:
        token = "text" if record.dose == view.planned.dose else "warning"
        yield Fact(say("card.dose"), dose_text(record.dose), token)
    if record.reason is not None:
        yield Fact(say("card.reason"), say(f"reason.{record.reason}"))
    if record.site is not None:
        yield Fact(say("card.site"), say(f"site.{record.site}"))
    if record.lot:
        yield Fact(say("card.lot"), literal(record.lot))
    if record.witness is not None:
        yield Fact(say("injection.witness"), literal(record.witness))
    if record.temperature is not None:
        yield Fact(say("card.temperature"), say("card.celsius", value=record.temperature))
    if record.note:
        yield Fact(say("card.note"), literal(record.note))
    for evidence in dose_words.evidence_kept(record):
        yield Fact(say("card.evidence"), evidence)


def _rule_facts(view: DoseView) -> Iterator[Fact]:
    hold = view.planned.hold
    if hold is not None:
        why = say("card.hold_since", reason=say(f"hold_reason.{hold.reason.value}"),
                  since=hold.first_day, by=hold.decided_by)  # fmt: skip
        yield Fact(say("card.hold"), why, "warning")
        if hold.review_on is not None:
            yield Fact(say("card.review"), say("card.moment", at=hold.review_on))
    gate = view.gate
    if gate is not None:
        for verdict in (gate, *gate.others):
            yield from _gate_facts(verdict)


def _gate_facts(verdict: GateVerdict) -> Iterator[Fact]:
    """What one gate says: its evidence, how old that was, and whose rule it is."""
    yield Fact(say("card.gate"), verdict.reason, "text" if verdict.is_open else "danger")
    if verdict.warning is not None:
        yield Fact(say("card.care"), verdict.warning, "warning")
    age = dose_words.gate_age(verdict)
    if age is not None:
        yield Fact(say("card.gate_age"), age, "muted")
    yield Fact(say("card.source"), dose_words.gate_source(verdict), "muted")


def plan_facts(course: Course, view: DoseView) -> Iterator[Fact]:
    """What was decided about a dose: why it was moved, left out or ordered otherwise."""
    planned = view.planned
    slot = planned.id
    if slot.is_unplanned:
        return
    for shift in course.shifts_of(slot.component, slot.planned_on, slot.slot):
        told = say("card.decided", what=days_moved(shift.days), why=shift.reason,
                   by=shift.decided_by)  # fmt: skip
        yield Fact(say("card.moved"), told, "warning")
    if planned.omission is not None:
        omission = planned.omission
        told = say("card.decided_only", why=omission.reason, by=omission.decided_by)
        yield Fact(say("card.omitted"), told, "warning")
    if planned.order is not None and planned.component.dose is not None:
        yield Fact(say("card.ordered"), _ordered(planned.order), "text")
        yield Fact(say("card.regimen_dose"), dose_text(planned.component.dose), "muted")


def _ordered(order: DoseOrder) -> Message:
    told = say("card.order", dose=dose_text(order.dose), day=order.from_day)
    if order.level is not None:
        level = level_number(order.level)
        told = say("card.order_level", dose=dose_text(order.dose), level=level, day=order.from_day)
    if not order.reason:
        return told
    return say("card.decided", what=told, why=order.reason, by=order.decided_by)
