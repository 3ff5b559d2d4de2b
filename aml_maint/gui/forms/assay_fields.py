"""The inputs of one assay: its tube, and its result as the laboratory prints it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import cast

from PySide6.QtWidgets import QWidget

from aml_maint.domain.errors import BadInput
from aml_maint.domain.marrow import (
    WANTED_TUBE,
    AspirateQuality,
    Assay,
    FlowResult,
    Flt3Result,
    Morphology,
    NgsResult,
    PcrResult,
    Result,
    Tube,
    says_something,
)
from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Looks
from aml_maint.gui.forms.form import Form
from aml_maint.gui.forms.inputs import ChoiceInput, DecimalInput, Input, TextInput
from aml_maint.gui.forms.variant_text import read_variants, variants_text


class AssayFields:
    """Inputs of an assay in a form, named `assay.input`; they may be hidden together."""

    assay: Assay
    main: str
    """The input of the figure itself."""

    def __init__(self, looks: Looks, form: Form) -> None:
        self._looks = looks
        self._form = form
        self._names: list[str] = []
        self._results: list[str] = []
        self.tube: ChoiceInput[Tube] | None = None
        if self.assay in WANTED_TUBE:
            self.tube = ChoiceInput(looks, [(tube, say(f"tube.{tube.value}")) for tube in Tube])
            self.tube.set_value(WANTED_TUBE[self.assay])
            self.tube.currentIndexChanged.connect(lambda _: self._warn())
            self.add("tube", self.tube, result=False)
        self.build()

    def build(self) -> None:
        """Add the inputs of the result."""
        raise NotImplementedError

    def result(self) -> Result | None:
        """The result typed, None if nothing is; BadInput names the input at fault."""
        raise NotImplementedError

    def told(self) -> Result | None:
        """The result typed; BadInput if there are figures around it and the answer is lacking."""
        found = self.result()
        if found is not None and not says_something(found):
            raise BadInput(say("error.says_nothing"), field=f"{self.assay.value}.{self.main}")
        return found

    def set_result(self, result: Result) -> None:
        """Show a result."""
        raise NotImplementedError

    @property
    def chosen_tube(self) -> Tube:
        """The tube; a smear has none."""
        return self.tube.value() if self.tube is not None else Tube.NOT_STATED

    def set_tube(self, tube: Tube) -> None:
        """Show a tube."""
        if self.tube is not None:
            self.tube.set_value(tube)

    def show(self, *, tube: bool, result: bool) -> None:
        """Show the inputs of the tube, of the result, of both or of neither."""
        for name in self._names:
            shown = result if name in self._results else tube
            self._form.rows[name].setVisible(shown)

    def add(
        self, name: str, field: QWidget, help_text: Message | str = "", *, result: bool = True,
        span: int = 1,
    ) -> None:  # fmt: skip
        """Put an input into the form."""
        full = f"{self.assay.value}.{name}"
        self._form.add_row(full, say(f"marrow_form.{name}"), field, help_text, span=span)
        self._names.append(full)
        if result:
            self._results.append(full)

    def number(self, name: str) -> DecimalInput:
        """A new input for a number of this assay."""
        return DecimalInput(self._looks, field=f"{self.assay.value}.{name}")

    def whole(self, field: DecimalInput, name: str) -> int | None:
        """The whole number typed; spaces and commas between its digits are left out."""
        text = field.value().replace(",", "").replace(" ", "").replace("\u00a0", "")
        if not text:
            return None
        if not text.isdecimal() or len(text) > 10:
            told = say("error.not_a_number", text=field.value())
            raise BadInput(told, field=f"{self.assay.value}.{name}")
        return int(text)

    def named(self, error: BadInput, fields: Mapping[str, str]) -> BadInput:
        """An error of the result, at the input that it is about."""
        name = fields.get(error.field or "", next(iter(fields.values())))
        return BadInput(error.message, hint=error.hint, field=f"{self.assay.value}.{name}")

    def _warn(self) -> None:
        """A tube that spoils the assay is said at once."""
        assert self.tube is not None  # only then there is a tube to warn of
        wrong = self.tube.value() not in {WANTED_TUBE[self.assay], Tube.NOT_STATED}
        row = self._form.rows[f"{self.assay.value}.tube"]
        told = say("marrow_form.tube.wrong", wanted=say(f"tube.{WANTED_TUBE[self.assay].value}"))
        row.set_help(told if wrong else "")

    @property
    def is_empty(self) -> bool:
        """Is nothing typed into the result?"""
        rows = (self._form.rows[name].field for name in self._results)
        return all(
            isinstance(field, ChoiceInput) or not cast("Input", field).raw().strip()
            for field in rows
        )


class MorphologyFields(AssayFields):
    """Blasts with their printed digits, aspirate quality, cellularity."""

    assay = Assay.MORPHOLOGY
    main = "blasts"

    def build(self) -> None:
        """Add the inputs."""
        self.blasts = self.number("blasts")
        self.quality: ChoiceInput[AspirateQuality] = ChoiceInput(
            self._looks, [(quality, say(f"quality.{quality.value}")) for quality in AspirateQuality]
        )
        self.quality.set_value(AspirateQuality.NOT_STATED)
        self.cellularity = self.number("cellularity")
        self.add("blasts", self.blasts, say("marrow_form.blasts.help"))
        self.add("quality", self.quality)
        self.add("cellularity", self.cellularity)

    def result(self) -> Morphology | None:
        """The morphology; a poor aspirate is a result even without blasts."""
        quality = self.quality.value()
        if self.is_empty and quality.is_evaluable:
            return None
        try:
            return Morphology(self.blasts.number(), quality, self.cellularity.number())
        except BadInput as error:
            fields = {"blasts_percent": "blasts", "cellularity_percent": "cellularity"}
            raise _kept(self, error, fields) from error

    def set_result(self, result: Result) -> None:
        """Show a morphology."""
        assert isinstance(result, Morphology)
        _show(self.blasts, result.blasts_percent)
        _show(self.cellularity, result.cellularity_percent)
        self.quality.set_value(result.quality)


class FlowFields(AssayFields):
    """MRD by flow: a percentage or not detected, events, age, limit of detection, panel."""

    assay = Assay.FLOW
    main = "percent"

    def build(self) -> None:
        """Add the inputs."""
        self.found = _detection(self._looks)
        self.percent, self.events = self.number("percent"), self.number("events")
        self.age, self.limit = self.number("age"), self.number("limit")
        self.panel = TextInput(self._looks)
        self.add("found", self.found)
        self.add("percent", self.percent)
        self.add("events", self.events, say("marrow_form.events.help"))
        self.add("age", self.age, say("marrow_form.age.help"))
        self.add("limit", self.limit)
        self.add("panel", self.panel)

    def result(self) -> FlowResult | None:
        """The flow result; neither a percentage nor "not detected" is none."""
        not_detected = self.found.value()
        if self.is_empty and not not_detected:
            return None
        try:
            return FlowResult(
                self.percent.number(),
                not_detected,
                self.whole(self.events, "events"),
                self.whole(self.age, "age"),
                self.limit.number(),
                self.panel.value(),
            )
        except BadInput as error:
            fields = {"flow_percent": "percent", "limit_percent": "limit", "events": "events"}
            raise _kept(self, error, fields) from error

    def set_result(self, result: Result) -> None:
        """Show a flow result."""
        assert isinstance(result, FlowResult)
        self.found.set_value(result.not_detected)
        _show(self.percent, result.percent)
        _show(self.limit, result.limit_percent)
        self.events.setText("" if result.events is None else str(result.events))
        self.age.setText("" if result.age_hours is None else str(result.age_hours))
        self.panel.setText(result.panel)


class PcrFields(AssayFields):
    """A fusion gene or mutation against its control gene."""

    assay = Assay.PCR
    main = "ratio"

    def build(self) -> None:
        """Add the inputs."""
        self.target, self.control = TextInput(self._looks), TextInput(self._looks)
        self.found = _detection(self._looks)
        self.ratio, self.copies = self.number("ratio"), self.number("copies")
        self.add("target", self.target, say("marrow_form.target.help"))
        self.add("found", self.found)
        self.add("ratio", self.ratio, say("marrow_form.ratio.help"))
        self.add("control", self.control)
        self.add("copies", self.copies)

    def result(self) -> PcrResult | None:
        """The ratio of a target."""
        if self.is_empty and not self.found.value():
            return None
        try:
            return PcrResult(
                self.target.value(),
                self.ratio.number(),
                self.found.value(),
                self.control.value(),
                self.whole(self.copies, "copies"),
            )
        except BadInput as error:
            fields = {"target": "target", "ratio_percent": "ratio", "copies": "copies"}
            raise _kept(self, error, fields) from error

    def set_result(self, result: Result) -> None:
        """Show a PCR result."""
        assert isinstance(result, PcrResult)
        self.target.setText(result.target)
        self.found.set_value(result.not_detected)
        _show(self.ratio, result.ratio_percent)
        self.control.setText(result.control_gene)
        self.copies.setText("" if result.control_copies is None else str(result.control_copies))


class NgsFields(AssayFields):
    """Sequencing: the variants, or that there are none."""

    assay = Assay.NGS
    main = "variants"

    def build(self) -> None:
        """Add the inputs."""
        self.found: ChoiceInput[bool] = ChoiceInput(
            self._looks,
            [(False, say("marrow_form.variants_found")), (True, say("marrow_form.variants_none"))],
        )
        self.variants, self.panel = TextInput(self._looks, longest=2000), TextInput(self._looks)
        self.add("found", self.found)
        self.add("variants", self.variants, say("marrow_form.variants.help"), span=2)
        self.add("panel", self.panel)

    def result(self) -> NgsResult | None:
        """The variants; "none found" is a result."""
        variants = read_variants(self.variants.value(), "ngs.variants")
        if not variants and not self.found.value():
            return None
        if variants and self.found.value():
            raise BadInput(say("error.flow_contradiction"), field="ngs.variants")
        return NgsResult(variants, self.panel.value())

    def set_result(self, result: Result) -> None:
        """Show the variants."""
        assert isinstance(result, NgsResult)
        self.found.set_value(not result.variants)
        self.variants.setText(variants_text(result.variants))
        self.panel.setText(result.panel)


class Flt3Fields(AssayFields):
    """FLT3-ITD: mutant to wild type."""

    assay = Assay.FLT3_ITD
    main = "itd_ratio"

    def build(self) -> None:
        """Add the inputs."""
        self.found = _detection(self._looks)
        self.ratio = self.number("itd_ratio")
        self.add("found", self.found)
        self.add("itd_ratio", self.ratio)

    def result(self) -> Flt3Result | None:
        """The ratio."""
        if self.is_empty and not self.found.value():
            return None
        try:
            return Flt3Result(self.ratio.number(), self.found.value())
        except BadInput as error:
            raise _kept(self, error, {"flt3_ratio": "itd_ratio"}) from error

    def set_result(self, result: Result) -> None:
        """Show a ratio."""
        assert isinstance(result, Flt3Result)
        self.found.set_value(result.not_detected)
        _show(self.ratio, result.ratio)


FIELDS: dict[Assay, type[AssayFields]] = {
    Assay.MORPHOLOGY: MorphologyFields,
    Assay.FLOW: FlowFields,
    Assay.PCR: PcrFields,
    Assay.NGS: NgsFields,
    Assay.FLT3_ITD: Flt3Fields,
}


def _detection(looks: Looks) -> ChoiceInput[bool]:
    """A value, or not detected (True)."""
    return ChoiceInput(
        looks, [(False, say("marrow_form.value")), (True, say("marrow_form.not_detected"))]
    )


def _show(field: DecimalInput, value: Decimal | None) -> None:
    field.setText("" if value is None else f"{value:f}")


def _kept(fields: AssayFields, error: BadInput, names: Mapping[str, str]) -> BadInput:
    """An error at its input; one that names its input in full already stays as it is."""
    if "." in (error.field or ""):
        return error
    return fields.named(error, names)
