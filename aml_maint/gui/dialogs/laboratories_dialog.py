"""The laboratories with their reference limits: look them up, add one, take one back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from PySide6.QtWidgets import QHBoxLayout, QWidget

from aml_maint.domain.analytes import Analyte
from aml_maint.domain.errors import BadInput, UserError
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.patient import Sex
from aml_maint.domain.quantities import LabValue, lab_text, lab_unit_text
from aml_maint.domain.reference_limits import Laboratory, ReferenceLimit
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.form_dialog import FormDialog
from aml_maint.gui.forms.date_input import DateInput
from aml_maint.gui.forms.inputs import ChoiceInput, DecimalInput, TextInput
from aml_maint.gui.models.rows_model import Column, RowsModel
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.word_table import WordTable
from aml_maint.services.changes import Changes
from aml_maint.services.laboratories import (
    add_laboratory,
    laboratories,
    reference_limits,
    set_reference_limit,
    withdraw_reference_limit,
)
from aml_maint.services.library import lab_catalogue
from aml_maint.services.workplace import Workplace

_NEW = ""  # in the choice of laboratories


@dataclass(frozen=True)
class _Known:
    """What is on record."""

    laboratories: tuple[Laboratory, ...]
    limits: tuple[ReferenceLimit, ...]


class LaboratoriesDialog(FormDialog):
    """Stays open: each limit saved appears in the table above, and the next can be typed."""

    COMMANDS = ("add_laboratory", "set_reference_limit")
    ALSO = ("withdraw_reference_limit",)

    def __init__(self, desk: Desk, parent: QWidget | None) -> None:
        super().__init__(
            desk, say("labs.limits.title"), say("labs.limits.verb"), columns=3, parent=parent
        )
        self._desk = desk
        self._known = _Known((), ())
        self.model: RowsModel[ReferenceLimit] = RowsModel(desk, _columns())
        self.table = _LimitTable(desk, self.model)
        self.laboratory = ChoiceInput[str](desk, [(_NEW, "labs.limits.new")])
        self.name = TextInput(desk, longest=80)
        analytes = lab_catalogue().analytes.values()
        self.analyte = ChoiceInput[Analyte](desk, [(one, one.name) for one in analytes])
        self.sex = ChoiceInput[Sex | None](
            desk, [(None, "labs.limits.everybody"), (Sex.FEMALE, "sex.female"),
                   (Sex.MALE, "sex.male")],
        )  # fmt: skip
        self.unit = ChoiceInput[str](desk, [])
        self.low = DecimalInput(desk, field="low")
        self.high = DecimalInput(desk, field="high")
        self.from_day = DateInput(desk, "from_day")
        self.reason = TextInput(desk)
        self.take_back = Button(
            desk, say("labs.limits.withdraw"), leads_to="withdraw_reference_limit"
        )
        self._add_rows()
        self.laboratory.currentIndexChanged.connect(lambda _: self._show_laboratory())
        self.analyte.currentIndexChanged.connect(lambda _: self._show_units())
        self.take_back.clicked.connect(self._withdraw)
        self.cancel.say("action.close")
        self._show_units()
        self._read(None)

    def submit(self) -> None:
        """Add the laboratory, or the limit, that is typed."""
        if self.laboratory.value() == _NEW:
            laboratory = Laboratory(str(uuid4()), self.name.value())
            self._write(lambda place: add_laboratory(place, laboratory, self.command_id),
                        laboratory.id)  # fmt: skip
            return
        day = self.from_day.day()
        if day is None:
            raise BadInput(say("injection.error.day_needed"), field="from_day")
        limit = ReferenceLimit(
            "", self.laboratory.value(), self.analyte.value().id, self.sex.value(),
            self.low.number(), self.high.number(), self.unit.value(), day,
        )  # fmt: skip
        self._write(
            lambda place: set_reference_limit(place, limit, self.command_id), limit.laboratory
        )

    def _withdraw(self) -> None:
        """Take the limit under the cursor back; the reason stands below the table."""
        limit, why = self.table.current, self.reason.value()
        self.form.clear_errors()
        if limit is None:
            return
        if not why:
            self.form.show_error(BadInput(say("error.reason_needed"), field="reason"))
            return
        self._write(
            lambda place: withdraw_reference_limit(place, limit.id, why, self.command_id),
            limit.laboratory,
        )

    def _write(self, work: object, shown: str) -> None:
        def saved(_: Changes) -> None:
            self.command_id = uuid4()
            self.save.setEnabled(True)
            for field in (self.low, self.high, self.name, self.reason):
                field.clear()
            self._read(shown)

        def refused(error: UserError) -> None:
            self.fail(error)

        self._desk.session.write(work, saved, refused, self)  # type: ignore[arg-type]

    def _read(self, shown: str | None) -> None:
        def show(known: _Known) -> None:
            self._known = known
            chosen = shown if shown is not None else self.laboratory.value()
            choices: list[tuple[str, Message | Name | str]] = [
                (one.id, say("today.text", text=one.name)) for one in known.laboratories
            ]
            self.laboratory.offer([*choices, (_NEW, "labs.limits.new")])
            if any(one.id == chosen for one in known.laboratories):
                self.laboratory.set_value(chosen)
            self._show_laboratory()

        self._desk.session.read(_read, show, self)

    def _show_laboratory(self) -> None:
        """The limits of the laboratory chosen; a new one has a name first."""
        chosen = self.laboratory.value()
        is_new = chosen == _NEW
        self.model.set_rows([one for one in self._known.limits if one.laboratory == chosen])
        for name in ("analyte", "sex", "unit", "low", "high", "from_day"):
            self.form.rows[name].setVisible(not is_new)
        self.form.rows["name"].setVisible(is_new)
        has_limits = bool(self.model.rows)
        self.form.rows["table"].setVisible(has_limits)
        self.form.rows["reason"].setVisible(has_limits)
        self.take_back.setVisible(has_limits)
        self.save.say("labs.limits.verb.new" if is_new else "labs.limits.verb")

    def _show_units(self) -> None:
        analyte = self.analyte.value()
        self.unit.offer([(unit, lab_unit_text(unit)) for unit in analyte.units])

    def _add_rows(self) -> None:
        add = self.form.add_row
        add("laboratory", say("labs.fact.laboratory"), self.laboratory)
        add("name", say("labs.limits.name"), self.name, span=2)
        add("table", say("labs.limits.table"), self.table, span=3)
        add("analyte", say("labs.limits.analyte"), self.analyte)
        add("sex", say("labs.limits.sex"), self.sex)
        add("unit", say("labs.grid.unit"), self.unit)
        add("low", say("labs.limits.low"), self.low)
        add("high", say("labs.limits.high"), self.high)
        add("from_day", say("labs.limits.from"), self.from_day, say("labs.limits.from.help"))
        add("reason", say("labs.limits.reason"), self.reason, span=2)
        self.ready()
        self.from_day.set_day(self._desk.session.now().local.date().replace(month=1, day=1))
        self.table.setMinimumHeight(self._desk.theme.unit(48))
        line = QHBoxLayout()
        line.addWidget(self.take_back)
        line.addStretch(1)
        self.body.addLayout(line)
        self.setMinimumWidth(self._desk.theme.unit(190))


class _LimitTable(WordTable):
    """A table in a form: there is nothing to keep of it as a draft."""

    def raw(self) -> str:
        """Nothing is typed."""
        return ""

    def set_raw(self, raw: str) -> None:
        """There is nothing to put back."""


def _columns() -> list[Column[ReferenceLimit]]:
    analytes = lab_catalogue().analytes

    def sex(limit: ReferenceLimit) -> Message:
        return say("labs.limits.everybody") if limit.sex is None else say(f"sex.{limit.sex.value}")

    def ends(limit: ReferenceLimit) -> Message:
        low = None if limit.low is None else lab_text(LabValue(limit.low, limit.unit))
        high = None if limit.high is None else lab_text(LabValue(limit.high, limit.unit))
        if low is not None and high is not None:
            return say("labs.limits.range", low=low, high=high)
        if high is not None:
            return say("labs.limits.to_end", end=high)
        return say("labs.limits.from_end", end=low)

    return [
        Column(say("labs.limits.analyte"), lambda one: analytes[one.analyte].name, 2),
        Column(say("labs.limits.sex"), sex),
        Column(say("labs.fact.limits"), ends, 2),
        Column(say("labs.limits.from"), lambda one: say("card.moment", at=one.from_day)),
        Column(say("labs.limits.by"), lambda one: one.decided_by),
    ]


def _read(place: Workplace) -> _Known:
    return _Known(laboratories(place), reference_limits(place))
