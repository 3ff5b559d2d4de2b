"""The marrows of a cycle: results, both verdicts with their reasons, and MRD drawn over time.

Only what was collected by the last day of the report is told, so that a later printing of an
old cycle says what stood then, and not what came of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from aml_maint.domain.marrow_facts import marrow_facts
from aml_maint.domain.messages import Catalogue, Message, say
from aml_maint.domain.mrd import Track
from aml_maint.domain.mrd_scene import Mark, Panel, Shape, scene_of
from aml_maint.domain.response_board import MarrowRow, ResponseBoard
from aml_maint.domain.response_review import Decision
from aml_maint.domain.response_words import mrd_class_words, review_text, state_words, study_words
from aml_maint.reports.cycle_report import CycleReport

# The picture goes back so far: more would lie too close to be read.
_SPAN = timedelta(days=730)
_MARGIN = timedelta(days=10)
_MONTHS_APART = (1, 2, 3, 6, 12)
# So many names of months have room side by side.
_MOST_MONTHS = 3
_LEAST_MARKS = 2


def marrows(report: CycleReport, catalogue: Catalogue) -> dict[str, Any]:
    """The section on marrow and MRD."""
    text = catalogue.text
    board = report.board
    rows = [row for row in board.rows if row.marrow in report.marrows] if board else []
    told = board is not None and bool(board.rows)
    return {
        "heading": text("report.heading.marrow"),
        "items": [_item(board, row, catalogue) for row in rows if board is not None],
        "none": text("report.marrow.none"),
        "state": text(_state(board)) if board is not None and told else None,
        "chart": chart(board, report, catalogue) if board is not None and told else None,
    }


def _item(board: ResponseBoard, row: MarrowRow, catalogue: Catalogue) -> dict[str, Any]:
    """One marrow: the results as reported, then what they mean and by whose rule."""
    text = catalogue.text
    return {
        "day": catalogue.value(row.day),
        "results": text("report.marrow.results", values=marrow_facts(row.marrow)),
        "lines": [text(line) for line in _verdicts(board, row)],
    }


def _verdicts(board: ResponseBoard, row: MarrowRow) -> Iterator[Message]:
    response, mrd = row.verdict.response, row.verdict.mrd
    by_track = {
        Track.STUDY: (
            say(f"response.class.{response.study.value if response.study else 'none'}"),
            response.study_reason if response.study else None,
            mrd.reason if mrd else None,
        ),
        Track.ELN: (
            say(f"response.eln_class.{response.eln.value if response.eln else 'none'}"),
            response.eln_reason if response.eln else None,
            mrd.eln_reason if mrd else None,
        ),
    }
    for track, (word, why, mrd_why) in by_track.items():
        yield say(
            "report.marrow.verdict",
            track=say(f"track.{track.value}"),
            response=_with(word, why),
            mrd=_with(mrd_class_words(mrd, track), mrd_why),
        )
    for event in board.study.events:
        if event.sample.order == row.order:
            named = say(f"course_event.{event.code.value}")
            yield say("report.marrow.event", event=_with(named, event.reason))
    for flag in row.verdict.flags:
        yield say("report.marrow.event", event=flag.message)
    if _is_judged(row):
        yield _word(row)


def _with(word: Message, why: Message | None) -> Message:
    return word if why is None else say("report.marrow.reason", word=word, why=why)


def _is_judged(row: MarrowRow) -> bool:
    return row.verdict.response.study is not None or row.verdict.mrd is not None


def _word(row: MarrowRow) -> Message:
    """What a physician made of it; an overruling says to what."""
    told = review_text(row.review, stale=row.review_is_stale)
    if row.review is not None and row.review.decision is Decision.OVERRULED:
        return say("report.marrow.overruled", verdict=study_words(row), word=told)
    return told


def _state(board: ResponseBoard) -> Message:
    told = say("report.marrow.state", state=state_words(board))
    due = board.repeat_by
    return told if due is None else say("report.marrow.repeat", state=told, due=due)


def chart(board: ResponseBoard, report: CycleReport, catalogue: Catalogue) -> dict[str, Any] | None:
    """The main panel of the MRD board as places from 0 to 1.

    None where there are no two results of one assay: a single one is told in words.
    """
    scene = scene_of(board)
    panel = next((one for one in scene.panels if len(one.series) == 1), None)
    if panel is None or sum(len(series.marks) for series in panel.series) < _LEAST_MARKS:
        return None
    text = catalogue.text
    first = max(scene.first, report.last_day - _SPAN)
    across = _Across(first, min(scene.last, report.last_day + _MARGIN))
    marks = [m for series in panel.series for m in series.marks if m.day >= first]
    runs = [
        [_at(across, panel, mark) for mark in run if mark.day >= first]
        for series in panel.series
        for run in series.runs
    ]
    shapes = list(dict.fromkeys(mark.shape for mark in marks))
    return {
        "title": text(panel.name),
        "alt": _in_words(board, panel, catalogue),
        "decades": [
            [panel.share(Decimal(10) ** power), f"{Decimal(10) ** power:f}"]
            for power in range(panel.low, panel.high + 1)
        ],
        "limits": [
            [panel.share(line.value), line.track.value, text(f"track.{line.track.value}")]
            for line in panel.thresholds
        ],
        "cycle": [across.share(max(report.first_day, first)), across.share(report.last_day)],
        "months": [[across.share(day), _month(day, catalogue)] for day in _months(across)],
        "runs": [run for run in runs if len(run) > 1],
        "marks": [
            {"at": _at(across, panel, mark), "shape": mark.shape.value, "flag": mark.flagged,
             "floor": mark.value is None}
            for mark in marks
        ],
        "legend": [
            [shape.value, text(f"mrd_board.shape.{shape.value}")]
            for shape in Shape
            if shape in shapes
        ],
        "cycle_note": text("report.marrow.this_cycle"),
    }  # fmt: skip


class _Across:
    """Days from the first to the last of the picture."""

    def __init__(self, first: date, last: date) -> None:
        self.first, self.last = first, last

    def share(self, day: date) -> float:
        """How far along a day lies, 0 to 1."""
        span = max((self.last - self.first).days, 1)
        return min(max((day - self.first).days / span, 0.0), 1.0)


def _at(across: _Across, panel: Panel, mark: Mark) -> list[float]:
    return [across.share(mark.day), panel.share(mark.value)]


def _months(across: _Across) -> list[date]:
    """The first days of months that are named, as few as have room."""
    day = (across.first.replace(day=1) + timedelta(days=32)).replace(day=1)
    found = []
    while day <= across.last:
        found.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    step = next((n for n in _MONTHS_APART if len(found) / n <= _MOST_MONTHS), _MONTHS_APART[-1])
    return found[::step]


def _month(day: date, catalogue: Catalogue) -> str:
    month = say(f"month_short.{day.month}")
    return catalogue.text(say("mrd_board.month_year", month=month, year=day.year))


def _in_words(board: ResponseBoard, panel: Panel, catalogue: Catalogue) -> str:
    """The picture for those who can't see it: each MRD result with its day."""
    places = {mark.place for series in panel.series for mark in series.marks}
    told = tuple(
        say("report.marrow.item", day=row.day, values=mrd_class_words(row.verdict.mrd, Track.STUDY))
        for place, row in enumerate(board.rows)
        if place in places
    )
    return catalogue.text("report.marrow.chart", panel=panel.name, results=told)
