"""A drug of the ward's own: entered, changed, ended; and the tablets that the ward has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from PySide6.QtWidgets import QWidget

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.quantities import Dose, decimal
from aml_maint.domain.site_drug import DRUG_ROUTES, SiteDrug
from aml_maint.domain.unplanned import INDICATIONS
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.dose_fields import unit_words
from aml_maint.gui.dialogs.form_dialog import FormDialog
from aml_maint.gui.forms.check_list import CheckList
from aml_maint.gui.forms.inputs import ChoiceInput, DecimalInput, TextInput
from aml_maint.gui.widgets.label import Label
from aml_maint.services.changes import Changes
from aml_maint.services.site_drugs import (
    KnownDrug,
    add_site_drug,
    change_site_drug,
    set_strengths,
)
from aml_maint.services.workplace import Workplace

_UNITS = ("mg", "g", "ug", "[iU]", "10*6.[iU]", "{tablet}")


class _DrugForm(FormDialog):
    """Saves by one service call; who decides is whoever sits here."""

    def __init__(
        self, desk: Desk, title: Message, verb: Message, draft: str, columns: int,
        parent: QWidget | None,
    ) -> None:  # fmt: skip
        super().__init__(desk, title, verb, columns=columns, draft=draft, parent=parent)
        self._desk = desk
        self.reason = TextInput(desk)

    def add_reason(self, columns: int) -> None:
        """The last row: why."""
        self.form.add_row(
            "reason", say("setting.reason"), self.reason, say("site_drug.reason.help"),
            span=columns,
        )  # fmt: skip

    def write(self, work: Callable[[Workplace], Changes]) -> None:
        """Save, then close; a refusal is said in the form."""
        self._desk.session.write(work, lambda _: self.finish(), self.fail, self)


class SiteDrugDialog(_DrugForm):
    """A new drug, or another version of one; its limits are the ward's."""

    COMMANDS = ("add_site_drug", "change_site_drug")

    def __init__(self, desk: Desk, known: SiteDrug | None, parent: QWidget | None) -> None:
        draft = "site_drug/new" if known is None else f"site_drug/{known.code}"
        title = say("site_drug.title.new" if known is None else "site_drug.title.change")
        super().__init__(desk, title, say("site_drug.verb"), draft, 3, parent)
        self._known = known
        self.name_en = TextInput(desk, longest=60)
        self.name_zh = TextInput(desk, longest=60)
        self.unit: ChoiceInput[str] = ChoiceInput(desk, [(u, unit_words(u)) for u in _UNITS])
        self.routes = CheckList(
            desk, [(r, say(f"route.{r}")) for r in DRUG_ROUTES], across=len(DRUG_ROUTES)
        )
        self.indications = CheckList(
            desk, [(one, say(f"indication.{one}")) for one in INDICATIONS], across=5
        )
        self.hours = DecimalInput(desk, field="min_gap")
        self.most = DecimalInput(desk, field="most")
        self.most_doses = DecimalInput(desk, field="most_doses")
        self._add_rows()
        if known is not None:
            self._fill(known)
        self.ready()
        self.setMinimumWidth(desk.theme.unit(190))
        self.name_en.setFocus()

    def submit(self) -> None:
        """Save it as typed."""
        drug, reason, command = self._typed(), self.reason.value(), self.command_id
        if self._known is None:
            self.write(lambda place: add_site_drug(place, drug, reason, command))
        else:
            self.write(lambda place: change_site_drug(place, drug, reason, command))

    def _typed(self) -> SiteDrug:
        english, chinese = self.name_en.value(), self.name_zh.value()
        if not english and not chinese:
            raise BadInput(say("site_drug.error.name"), field="name_en")
        name = Name(english or chinese, chinese or english)
        hours, number = self.hours.number(), self.most_doses.number()
        if number is not None and number != int(number):
            raise BadInput(say("as_needed.most_doses_range"), field="most_doses")
        return SiteDrug(
            "" if self._known is None else self._known.code,
            name,
            self.routes.value(),
            self.unit.value(),
            self.indications.value(),
            None if hours is None else _minutes(hours),
            self.most.number(),
            None if number is None else int(number),
            True if self._known is None else self._known.in_use,
        )

    def _add_rows(self) -> None:
        add = self.form.add_row
        add("name_en", say("site_drug.name_en"), self.name_en)
        add("name_zh", say("site_drug.name_zh"), self.name_zh)
        add("unit", say("site_drug.unit"), self.unit)
        add("routes", say("site_drug.routes"), self.routes, span=3)
        add("indications", say("site_drug.indications"), self.indications, span=3)
        add("min_gap", say("as_needed.hours_apart"), self.hours)
        add("most", say("site_drug.most"), self.most)
        add("most_doses", say("as_needed.most_doses"), self.most_doses)
        self.add_reason(3)

    def _fill(self, known: SiteDrug) -> None:
        self.name_en.setText(known.name.en)
        self.name_zh.setText(known.name.zh)
        self.unit.set_value(known.unit)
        self.unit.setEnabled(False)  # its records are in this unit
        self.routes.set_value(known.routes)
        self.indications.set_value(known.indications)
        if known.min_gap_minutes is not None:
            self.hours.setText(f"{(Decimal(known.min_gap_minutes) / 60).normalize():f}")
        if known.most is not None:
            self.most.setText(f"{known.most:f}")
        if known.most_doses is not None:
            self.most_doses.setText(str(known.most_doses))


class EndDrugDialog(_DrugForm):
    """The ward gives a drug no more, or takes it up again."""

    COMMANDS = ("change_site_drug",)

    def __init__(self, desk: Desk, known: SiteDrug, parent: QWidget | None) -> None:
        way = "end" if known.in_use else "resume"
        super().__init__(
            desk, say(f"site_drug.title.{way}"), say(f"site_drug.verb.{way}"),
            f"site_drug_end/{known.code}", 1, parent,
        )  # fmt: skip
        self._known = known
        self.add_reason(1)
        self.ready()
        self.body.insertWidget(1, Label(desk, known.name, role="strong"))
        told = Label(desk, f"site_drug.{way}.story", token="muted", wrap=True)
        self.body.insertWidget(2, told)
        self.setMinimumWidth(desk.theme.unit(110))
        self.reason.setFocus()

    def submit(self) -> None:
        """Decide it."""
        drug = replace(self._known, in_use=not self._known.in_use)
        reason = self.reason.value()
        self.write(lambda place: change_site_drug(place, drug, reason, self.command_id))


class StrengthsDialog(_DrugForm):
    """The tablets and capsules of a drug that the ward has besides those of the program."""

    COMMANDS = ("set_site_strengths",)

    def __init__(self, desk: Desk, known: KnownDrug, parent: QWidget | None) -> None:
        drug = known.drug
        super().__init__(
            desk, say("site_drug.title.strengths"), say("site_drug.verb"),
            f"site_strengths/{drug.id}", 1, parent,
        )  # fmt: skip
        self._drug = drug
        self._unit = drug.dose_unit or "mg"
        self.strengths = TextInput(desk, say("site_drug.strengths.example"))
        self.strengths.setText("; ".join(f"{one.dose.value:f}" for one in known.added))
        label = say("site_drug.strengths.in", unit=unit_words(self._unit))
        help_text = say("site_drug.strengths.help")
        self.form.add_row("strengths", label, self.strengths, help_text)
        self.add_reason(1)
        self.ready()
        self.body.insertWidget(1, Label(desk, drug.name, role="strong"))
        self.setMinimumWidth(desk.theme.unit(110))
        self.strengths.setFocus()

    def submit(self) -> None:
        """Save them as typed."""
        typed = self.strengths.value().replace("；", ";").split(";")
        wanted = [
            Dose(decimal(one.strip(), "strengths"), self._unit) for one in typed if one.strip()
        ]
        code, reason = self._drug.id, self.reason.value()
        self.write(lambda place: set_strengths(place, code, wanted, reason, self.command_id))


def _minutes(hours: Decimal) -> int:
    minutes = hours * 60
    if minutes != int(minutes):
        raise BadInput(say("as_needed.gap_range"), field="min_gap")
    return int(minutes)
