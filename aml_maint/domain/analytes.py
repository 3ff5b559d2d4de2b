"""What a laboratory measures: analytes in their panels, with units and plausible ranges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.quantities import Comparator, LabValue, factor, lab_text, lab_unit_text
from aml_maint.domain.regimen import Source

Key = str


@dataclass(frozen=True)
class DeltaRule:
    """A change from the result before that deserves a look, if that is `days` old at most.

    Either a `share` of the earlier value or a `change` in the analyte's unit; the limit itself
    counts. A default of this program [D].
    """

    days: int
    share: Decimal | None = None
    change: Decimal | None = None

    def __post_init__(self) -> None:
        if (self.share is None) == (self.change is None):
            raise ValueError("a delta is a share or a change, one of them")
        if self.days < 1 or (self.share or self.change or Decimal(0)) <= 0:
            raise ValueError("a delta is positive and within at least a day")


@dataclass(frozen=True)
class Analyte:
    """One thing measured. `low` to `high` is plausible, in `unit`; beyond it somebody is asked."""

    id: str
    name: Name
    short: str
    unit: str
    other_units: tuple[str, ...]
    low: Decimal
    high: Decimal
    digits: int
    source: Source
    item: str | None = None
    delta: DeltaRule | None = None
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.low >= self.high or self.low < 0:
            raise ValueError(f"{self.id}: a plausible range goes up from 0 or more")
        for unit in self.other_units:
            if not (self.unit == "Cel" and unit == "[degF]"):
                factor(unit, self.unit, self.id)

    @property
    def units(self) -> tuple[str, ...]:
        """All units that a result may come in, the one shown first."""
        return (self.unit, *self.other_units)

    def shown(self, value: LabValue) -> LabValue:
        """A result in the unit shown: as reported if it came in it, else to the digits shown."""
        if value.unit == self.unit:
            return value
        converted = value.to(self.unit, self.id)
        step = Decimal(1).scaleb(-self.digits)
        return LabValue(
            converted.value.quantize(step, ROUND_HALF_EVEN), self.unit, converted.comparator
        )

    def number(self, value: LabValue) -> Decimal:
        """A result as an exact number in the unit shown; of `< 10` the 10."""
        return value.to(self.unit, self.id).value

    def check_unit(self, unit: str, field: str = "unit") -> None:
        """BadInput for a unit in which this is not measured."""
        if unit not in self.units:
            known = tuple(lab_unit_text(one) for one in self.units)
            raise BadInput(
                say("labs.error.unit", analyte=self.name),
                hint=say("labs.error.unit.hint", known=known),
                field=field,
            )

    def doubt(self, value: LabValue) -> Message | None:
        """The question to ask of a value outside the plausible range; None inside it.

        It names the unit in which the same number would be usual, if there is one. "< 2" prints
        an assay's limit, which may lie below every value that it measures.
        """
        if self._is_plausible(value):
            return None
        told = {"analyte": self.name, "value": lab_text(value)}
        for unit in self.units:
            if self._is_plausible(LabValue(value.value, unit, value.comparator)):
                return say("labs.doubt.unit", unit=lab_unit_text(unit), **told)
        return say("labs.doubt", **told)

    def _is_plausible(self, value: LabValue) -> bool:
        number = self.number(value)
        censored = value.comparator in {Comparator.BELOW, Comparator.AT_MOST}
        return number <= self.high and (censored or number >= self.low)


@dataclass(frozen=True)
class Panel:
    """Analytes that are measured together."""

    id: str
    name: Name
    analytes: tuple[Analyte, ...]


@dataclass(frozen=True)
class LabCatalogue:
    """All panels in their order; each analyte stands in one of them."""

    panels: tuple[Panel, ...]
    analytes: Mapping[str, Analyte]
    names: Mapping[str, Analyte]
    """Every folded name and alias."""
    often: tuple[Analyte, ...] = ()
    """What a ward enters most, in the order of its request form."""

    @classmethod
    def of(cls, panels: Sequence[Panel], often: Sequence[str] = ()) -> LabCatalogue:
        """A catalogue of panels. ValueError if two analytes share an id or a name.

        KeyError if an analyte entered often stands in no panel.
        """
        analytes: dict[str, Analyte] = {}
        names: dict[str, Analyte] = {}
        for panel in panels:
            for analyte in panel.analytes:
                if analyte.id in analytes:
                    raise ValueError(f"{analyte.id} stands in two panels")
                analytes[analyte.id] = analyte
                own = (analyte.id, analyte.name.en, analyte.name.zh, analyte.short)
                for name in {folded(one) for one in (*own, *analyte.aliases)}:
                    if name in names:
                        raise ValueError(f"“{name}” names two analytes")
                    names[name] = analyte
        return cls(tuple(panels), analytes, names, tuple(analytes[id] for id in often))

    def analyte(self, id: str) -> Analyte:
        """The analyte of an id; BadInput if there is none."""
        if id not in self.analytes:
            raise BadInput(say("error.unknown_analyte", analyte=id), field="analyte")
        return self.analytes[id]

    def find(self, text: str) -> Analyte | None:
        """The analyte of a name as a laboratory writes it, such as `PLT` or `血小板计数`."""
        return self.names.get(folded(text))


def folded(text: str) -> str:
    """A name as it is compared: case, underscores and spacing make no difference."""
    return " ".join(text.casefold().replace("_", " ").split())
