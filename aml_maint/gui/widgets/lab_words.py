"""How laboratory results are said on screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aml_maint.domain.lab_judgement import Beside, Judgement, not_graded
from aml_maint.domain.labs import LimitFrom
from aml_maint.domain.messages import Message, say
from aml_maint.domain.quantities import LabValue, lab_text, lab_unit_text
from aml_maint.gui.widgets.facts import Fact, literal
from aml_maint.gui.words import Words
from aml_maint.services.lab_reading import LabSeries


def number(series: LabSeries, judged: Judgement) -> str:
    """The value without its unit, in the unit shown, with its comparator."""
    return series.analyte.shown(judged.result.value).printed


def shown(series: LabSeries, judged: Judgement) -> Message:
    """The value with the unit shown."""
    return lab_text(series.analyte.shown(judged.result.value))


def head(series: LabSeries) -> Message:
    """The analyte with the unit shown."""
    analyte = series.analyte
    return say("labs.head", analyte=analyte.name, unit=lab_unit_text(analyte.unit))


def spoken(words: Words, series: LabSeries, judged: Judgement) -> str:
    """The whole sentence of one result, for a screen reader."""
    parts: list[Message] = [not_graded(judged)]
    if judged.beside in {Beside.LOW, Beside.HIGH}:
        parts.append(say(f"labs.beside.{judged.beside}"))
    if judged.worse:
        parts.append(say("labs.worse"))
    if judged.delta is not None:
        parts.append(judged.delta)
    return words.text(
        "labs.spoken",
        analyte=series.analyte.name,
        value=lab_text(series.analyte.shown(judged.result.value)),
        collected=judged.result.collected.local,
        parts=tuple(parts),
    )


def facts(series: LabSeries, judged: Judgement, laboratories: Mapping[str, str]) -> Iterator[Fact]:
    """Everything known of a result, in a fixed order; what was not recorded is left out."""
    result, analyte = judged.result, series.analyte
    yield Fact(say("labs.fact.collected"), say("today.moment", at=result.collected.local))
    if result.value.unit != analyte.unit:
        yield Fact(say("labs.fact.reported"), lab_text(result.value))
    if result.laboratory is not None:
        name = laboratories.get(result.laboratory, "")
        yield Fact(say("labs.fact.laboratory"), literal(name))
    yield Fact(say("labs.fact.limits"), _limits(series, judged))
    graded = judged.grade is not None
    token = "danger" if (judged.grade or 0) >= 3 else "text" if graded else "muted"
    yield Fact(say("labs.fact.grade"), not_graded(judged), token)
    yield from _beside_others(series, judged)
    if result.confirmed:
        yield Fact(say("labs.fact.confirmed"), say("labs.confirmed"))
    if judged.verdict is not None:
        yield Fact(say("labs.fact.source"), literal(judged.verdict.source), "muted")


def _beside_others(series: LabSeries, judged: Judgement) -> Iterator[Fact]:
    base = judged.baseline
    if base is not None:
        grade = say("labs.ungraded") if base.grade is None else say("labs.grade", grade=base.grade)
        shown = lab_text(series.analyte.shown(base.result.value))
        told = {"value": shown, "grade": grade, "day": base.result.collected.local.date()}
        if judged.worse:
            yield Fact(say("labs.fact.baseline"), Message("labs.baseline.worse", told), "warning")
        else:
            yield Fact(say("labs.fact.baseline"), Message("labs.baseline", told))
    if judged.delta is not None:
        yield Fact(say("labs.fact.delta"), judged.delta, "warning")


def _limits(series: LabSeries, judged: Judgement) -> Message:
    """The limits of normal in the unit shown and whose they are."""
    result, analyte = judged.result, series.analyte

    def shown(value: object) -> Message | None:
        if value is None:
            return None
        return lab_text(analyte.shown(LabValue(value, result.value.unit)))  # type: ignore[arg-type]

    low, high = shown(result.lower_limit), shown(result.upper_limit)
    if low is None and high is None:
        return say("labs.limits.none")
    whose = say(f"labs.limits.{result.limit_from or LimitFrom.REPORT}")
    if low is None or high is None:
        key = "labs.limits.upper" if low is None else "labs.limits.lower"
        return Message(key, {"end": high or low, "whose": whose})
    return say("labs.limits.both", low=low, high=high, whose=whose)
