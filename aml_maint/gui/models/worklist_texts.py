"""The texts of one row of Today in the language shown, rendered when somebody looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from aml_maint.domain.administration import CellState
from aml_maint.domain.messages import NBSP, Catalogue, say
from aml_maint.domain.moment import Moment
from aml_maint.gui import dose_words
from aml_maint.gui.words import Words
from aml_maint.services.dose_view import DosePair, DoseView
from aml_maint.services.worklist import WorkRow


@dataclass(frozen=True, slots=True)
class LineTexts:
    """One dose of a row: what, when, how it stands, and why it is held back."""

    drug: str
    dose: str
    time: str
    day: str
    """The day, where it is not the day of the list."""
    state: CellState
    words: str
    evidence: str
    count: str
    """The value that keeps a gate closed, for its sign."""


@dataclass(frozen=True, slots=True)
class RowTexts:
    """Everything that a row of Today shows."""

    place: str
    name: str
    born: str
    number: str
    similar: bool
    mine: bool
    """Is the patient on the list of the person at the desk?"""
    cycle_day: str
    lines: tuple[LineTexts, ...]


def row_texts(row: WorkRow, now: Moment, words: Catalogue, *, mine: bool = False) -> RowTexts:
    """The texts of a row as of `now`, in the catalogue's language; any thread may ask for them."""
    patient = row.patient
    return RowTexts(
        place=dose_words.place_of(patient),
        name=words.text(dose_words.patient_name(patient)),
        born=words.text(dose_words.born(patient)),
        number=words.text(say("today.mrn", mrn=patient.mrn)),
        similar=row.has_similar_name,
        mine=mine,
        cycle_day=words.text(dose_words.cycle_day(row.pair.main.planned)),
        lines=tuple(_line(row.pair, view, now, now.local.date(), words) for view in row.pair.parts),
    )


def _line(pair: DosePair, view: DoseView, now: Moment, on: date, words: Catalogue) -> LineTexts:
    waiting = dose_words.short_countdown(pair, now) if view is pair.main else None
    told = waiting or dose_words.state_words(view, now)
    evidence, count = "", ""
    planned_on = view.planned.at.date()
    if view.gate is not None and view.state is CellState.GATE_CLOSED:
        evidence = words.text(dose_words.short_evidence(view.gate))
        count = view.gate.result.value.printed if view.gate.result else ""
    elif view.gate is not None and view.warning is not None:
        evidence = words.text(dose_words.short_warning(view.gate))
    return LineTexts(
        drug=words.text(dose_words.drug(view)),
        dose=_dose(view, words),
        time=words.value(view.planned.at.time()),
        day="" if planned_on == on else words.short_day(planned_on),
        state=view.state,
        words=words.text(told),
        evidence=evidence,
        count=count,
    )


def _dose(view: DoseView, words: Catalogue) -> str:
    """The dose line; a row too narrow for it breaks at a dash, not inside the route."""
    line = words.text(dose_words.dose_line(view.planned))
    route = words.text(dose_words.route(view.planned))
    return line.removesuffix(route) + route.replace(" ", NBSP)


def row_spoken(row: WorkRow, now: Moment, words: Words, *, mine: bool = False) -> str:
    """The whole row in sentences, as of `now`."""
    parts = row.pair.parts
    sentences = [words.text(dose_words.spoken(row.patient, view, now)) for view in parts]
    waiting = dose_words.countdown(row.pair, now)
    if waiting is not None:
        sentences.append(words.text(waiting))
    for view in parts:
        if view.gate is not None and view.state is CellState.GATE_CLOSED:
            sentences.append(words.text(view.gate.reason))
        if view.warning is not None:
            sentences.append(words.text(view.warning))
    sentences.append(
        words.text(
            say(
                "today.spoken.where",
                place=dose_words.place_of(row.patient) or say("today.no_bed"),
                mrn=row.patient.mrn,
                cycle=row.cycle,
                day=row.day,
            )
        )
    )
    if row.has_similar_name:
        sentences.append(words.text("today.similar"))
    if mine:
        sentences.append(words.text("today.on_my_list"))
    return words.text("today.sentence_end").join(sentences)
