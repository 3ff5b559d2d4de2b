"""What became of a cycle's doses in words: counts, reasons, dose intensity. No painting here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from aml_maint.domain.administration import CellState
from aml_maint.domain.intensity import Intensity
from aml_maint.domain.messages import Message, Name, say
from aml_maint.services.dose_view import DoseView
from aml_maint.services.sheet import CycleSheet


@dataclass(frozen=True)
class ComponentTotals:
    """One component of a cycle: its sums, and each kind of dose not given with its reasons."""

    drug: Name
    intensity: Intensity
    not_given: tuple[Message, ...]

    @property
    def given(self) -> Message:
        """How many of the doses due so far were given."""
        taken = self.intensity.given + self.intensity.partly
        told = say("footer.given", given=taken, planned=self.intensity.planned)
        if not self.intensity.extra:
            return told
        return say("footer.given.extra", told=told, extra=self.intensity.extra)

    @property
    def rdi(self) -> Message:
        """The relative dose intensity, or that it can't be told."""
        return _share(self.intensity.rdi, "footer.rdi")

    @property
    def adherence(self) -> Message:
        """Doses given of those due and not held by the clinic."""
        return _share(self.intensity.adherence, "footer.adherence")


def totals(sheet: CycleSheet) -> tuple[ComponentTotals, ...]:
    """The totals of every component, in the regimen's order."""
    reasons = _reasons(sheet)
    return tuple(
        ComponentTotals(
            sheet.course.component(sums.component).drug.name,
            sums,
            tuple(_not_given(sums, reasons.get(sums.component, {}))),
        )
        for sums in sheet.intensities
    )


def all_views(sheet: CycleSheet) -> Iterator[DoseView]:
    """Every planned dose of the sheet, premedications too."""
    for row in sheet.rows:
        for pair in row.cells:
            if pair is not None:
                yield pair.main
                if pair.premedication is not None:
                    yield pair.premedication


_Reasons = dict[str, dict[CellState, dict[str, int]]]


def _reasons(sheet: CycleSheet) -> _Reasons:
    """Component → state → reason → how often; a hold's own reason stands for its doses."""
    found: _Reasons = {}
    for view in all_views(sheet):
        reason = _reason_key(view)
        if reason is not None and view.planned.due <= sheet.now.utc:
            kinds = found.setdefault(view.slot.component, {}).setdefault(view.state, {})
            kinds[reason] = kinds.get(reason, 0) + 1
    return found


def _reason_key(view: DoseView) -> str | None:
    record, hold = view.record, view.planned.hold
    if record is not None:
        return f"reason.{record.reason}" if record.reason else None
    if view.state is CellState.HELD and hold is not None:
        return f"hold_reason.{hold.reason.value}"
    return None


def _not_given(sums: Intensity, reasons: dict[CellState, dict[str, int]]) -> Iterator[Message]:
    """Each kind of dose that was not given as planned, with how often and why."""
    kinds = (
        (sums.partly, CellState.PARTLY_GIVEN),
        (sums.held, CellState.HELD),
        (sums.omitted, CellState.OMITTED),
        (sums.missed, CellState.MISSED),
        (sums.refused, CellState.REFUSED),
        (sums.unconfirmed, CellState.UNCONFIRMED),
        (sums.gate_closed, CellState.GATE_CLOSED),
        (sums.not_applicable, CellState.NOT_APPLICABLE),
    )
    for count, state in kinds:
        if not count:
            continue
        text = say("footer.count", state=say(f"state.{state.value}"), count=count)
        why = sorted(reasons.get(state, {}).items(), key=lambda item: (-item[1], item[0]))
        if why:
            told = tuple(say("footer.reason", reason=say(key), count=n) for key, n in why)
            text = say("footer.because", what=text, reasons=told)
        yield text


def _share(value: Decimal | None, key: str) -> Message:
    if value is None:
        return say(f"{key}.unknown")
    percent = (value * 100).quantize(Decimal("0.1"))
    whole = percent.to_integral_value()
    return say(key, percent=whole if percent == whole else percent)
