"""What the flow sheet says in words: headers, and each cell as a screen reader speaks it."""

from __future__ import annotations

from datetime import date, datetime, time

from aml_maint.domain.administration import TAKEN, Administration, CellState
from aml_maint.domain.labs import ANALYTES
from aml_maint.domain.marrow import Marrow
from aml_maint.domain.marrow_facts import marrow_facts
from aml_maint.domain.messages import Message, say
from aml_maint.domain.quantities import (
    Dose,
    dose_text,
    lab_text,
    lab_unit_text,
)
from aml_maint.domain.regimen import Component
from aml_maint.domain.replan_words import days_moved, level_number
from aml_maint.domain.schedule import PlannedDose
from aml_maint.domain.toxicity_event import ToxicityEvent
from aml_maint.gui.words import Words
from aml_maint.services.dose_view import DosePair, DoseView
from aml_maint.services.sheet import CycleSheet, LanePoint
from aml_maint.services.sheet_lines import (
    DoseLine,
    LaneLine,
    Line,
    MarrowLine,
    ToxicityBar,
    ToxicityLine,
    UnplannedLine,
    pair_at,
)

NBSP = "\N{NO-BREAK SPACE}"


def dose_words(component: Component, dose: Dose | None) -> Message:
    """Drug and dose as one line: `sorafenib — 400 mg`; a dose nobody ordered is said in words."""
    if dose is None:
        return say("sheet.dose_not_ordered", drug=component.drug.name)
    return say("sheet.dose", drug=component.drug.name, dose=dose_text(dose))


def month_words(words: Words, day: date) -> str:
    """A month with its year, for the head of the columns."""
    name = words.locale.standaloneMonthName(day.month, words.locale.FormatType.ShortFormat)
    return words.text("sheet.month", month=name, year=day.year)


def lane_name(analyte: str) -> Message:
    """An analyte as the head of its lane."""
    return say(f"sheet.lane.{analyte}")


def lane_unit(analyte: str) -> Message:
    """The unit of a lane."""
    return lab_unit_text(ANALYTES[analyte])


def line_words(words: Words, line: Line) -> str:
    """The head of a line in one piece."""
    match line:
        case UnplannedLine(row=row):
            told = say("unplanned.line", drug=row.component.drug.name, kind=say(f"slot.{row.slot}"))
            return words.text(told)
        case DoseLine(row=row):
            slot = say("sheet.slot", slot=say(f"slot.{row.slot}"), at=row.at)
            return f"{words.text(dose_words(row.component, row.dose))}, {words.text(slot)}"
        case LaneLine(lane=lane):
            return f"{words.text(lane_name(lane.analyte))}, {words.text(lane_unit(lane.analyte))}"
        case ToxicityLine(term=term):
            return words.text(term)
        case MarrowLine():
            return words.text("sheet.section.marrow")


def spoken(words: Words, sheet: CycleSheet, line: Line, column: int) -> str:
    """A cell in one sentence, as a screen reader tells it."""
    day = sheet.days[column]
    told: list[str] = []
    match line:
        case DoseLine():
            pair = pair_at(line, column)
            if pair is None:
                nothing = words.text(
                    "sheet.say.nothing", what=line_words(words, line), day=day.number, on=day.on
                )
                return "; ".join([nothing, *map(words.text, vacated_words(line, column))])
            return pair_words(words, pair)
        case LaneLine():
            points = line.by_column.get(column, ())
            told = [words.text(point_words(point)) for point in points]
        case ToxicityLine():
            bar = line.at(column)
            told = [words.text(_bar_words(bar, column))] if bar else []
        case MarrowLine():
            told = [words.text(marrow_words(m)) for m in line.by_column.get(column, ())]
    what = "; ".join(told) or words.text("sheet.say.no_entry")
    return words.text(
        "sheet.say.entry", line=line_words(words, line), day=day.number, on=day.on, what=what
    )


def vacated_words(line: DoseLine, column: int) -> list[Message]:
    """Where the dose went that was first planned for a day; nothing if none was moved."""
    dose = line.row.vacated[column] if line.row.vacated else None
    if dose is None:
        return []
    moved = days_moved((dose.on - dose.id.planned_on).days)
    return [say("sheet.moved_away", moved=moved, day=dose.on)]


def pair_words(words: Words, pair: DosePair) -> str:
    """A dose, and the premedication that serves it, in one sentence."""
    told = [dose_spoken(words, pair.main)]
    if pair.premedication is not None:
        told.append(dose_spoken(words, pair.premedication))
    return "; ".join(told)


def dose_spoken(words: Words, view: DoseView) -> str:
    """One dose: drug, dose, day, planned time, how it stands, by whom, when recorded."""
    planned = view.planned
    drug = words.text(planned.component.drug.name)
    amount = words.text(dose_text(planned.dose)) if planned.dose else words.text("sheet.no_dose")
    told = words.text(
        "sheet.say.dose", drug=drug, dose=amount, day=planned.day, planned=planned.at,
        state=standing(view),
    )  # fmt: skip
    if planned.is_moved:
        moved = days_moved((planned.on - planned.id.planned_on).days)
        first = planned.id.planned_on
        told = f"{told}; {words.text('sheet.say.moved', moved=moved, day=first)}"
    return f"{told}; {words.text('sheet.say.struck')}" if view.struck else told


def standing(view: DoseView) -> Message:
    """How a dose stands, with who recorded it, or what keeps it from being due."""
    state = say(f"state.{view.state.value}")
    record = view.record
    if record is None:
        if view.state is CellState.GATE_CLOSED and view.gate is not None:
            return say("sheet.say.because", state=state, reason=view.gate.reason)
        if view.state is CellState.HELD and view.planned.hold is not None:
            reason = say(f"hold_reason.{view.planned.hold.reason.value}")
            return say("sheet.say.because", state=state, reason=reason)
        if view.state is CellState.OMITTED:
            return say("sheet.say.because", state=state, reason=omitted_why(view.planned))
        if view.warning is not None:
            return say("sheet.say.because", state=state, reason=view.warning)
        return state
    recorded = clock_or_moment(record.recorded.local, view.planned.at)
    who = record.recorded_by
    if view.slot.is_unplanned:
        state = say(f"slot.{view.slot.slot}")
    if record.status in TAKEN and record.given is not None:
        given = clock_or_moment(record.given.local, view.planned.at)
        return say("sheet.say.given", state=state, given=given, who=who, recorded=recorded)
    if record.reason is not None:
        reason = say(f"reason.{record.reason}")
        return say("sheet.say.not_given", state=state, reason=reason, who=who, recorded=recorded)
    return say("sheet.say.recorded", state=state, who=who, recorded=recorded)


def omitted_why(planned: PlannedDose) -> Message:
    """Why a dose is omitted: the reason given, or that the ordered dose leaves it out."""
    if planned.omission is not None:
        return say("replan.text", text=planned.omission.reason)
    order = planned.order
    if order is None or order.level is None:
        return say("sheet.left_out_by_order")
    return say("sheet.left_out_by_level", level=level_number(order.level))


def clock_or_moment(at: datetime, planned: datetime) -> time | datetime:
    """The time of day alone when it lies on the planned day, else date and time."""
    return at.time() if at.date() == planned.date() else at


def point_words(point: LanePoint) -> Message:
    """One result with its collection time and grade."""
    value, at = lab_text(point.result.value), point.result.collected.local
    if point.grade is None:
        return say("sheet.say.result", value=value, at=at)
    return say("sheet.say.graded", value=value, at=at, grade=int(point.grade))


def _bar_words(bar: ToxicityBar, column: int) -> Message:
    """An episode, and from the day on which it outlasts what is published, that it does."""
    told = toxicity_words(bar.event)
    if bar.longer is not None and column >= bar.longer:
        return say("toxgrid.longer", told=told)
    return told


def toxicity_words(event: ToxicityEvent) -> Message:
    """An episode in words: its grades in their order, when it began and ended."""
    grades = [point.grade for point in event.grades]
    if grades == [None]:
        grade = say("sheet.toxicity.not_evaluated")
    elif len(grades) == 1:
        grade = say("sheet.toxicity.grade", grade=grades[0])
    else:
        steps = " → ".join("?" if step is None else str(step) for step in grades)
        grade = say("sheet.toxicity.grades", steps=steps)
    onset = event.onset.text()
    if event.resolved is None:
        return say("sheet.toxicity.running", grade=grade, onset=onset)
    return say("sheet.toxicity.over", grade=grade, onset=onset, resolved=event.resolved.text())


def marrow_words(marrow: Marrow) -> Message:
    """One marrow examination: collected when, and what is back of it."""
    return say("sheet.marrow.told", at=marrow.collected.local, facts=marrow_facts(marrow))


def given_dose_differs(record: Administration | None, planned: Dose | None) -> bool:
    """Was another amount given than planned? Such an amount is shown beside the sign."""
    return record is not None and record.dose is not None and record.dose != planned
