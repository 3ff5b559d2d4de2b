"""The columns of the list of marrows."""

from __future__ import annotations

from aml_maint.domain.marrow import FlowResult
from aml_maint.domain.messages import Message, say
from aml_maint.domain.mrd import POSITIVE, MrdClass, Track
from aml_maint.domain.response import Response
from aml_maint.domain.response_board import MarrowRow
from aml_maint.domain.response_words import mrd_class_words, mrd_words
from aml_maint.gui.models.rows_model import Column

_UNSURE = frozenset({MrdClass.INDETERMINATE, MrdClass.NEGATIVE_UNVERIFIED})


def _day(row: MarrowRow) -> Message:
    return say("marrow.cell", value=row.day)


def _blasts(row: MarrowRow) -> Message:
    blasts = row.marrow.blasts_percent
    return say("marrow.cell.none") if blasts is None else say("marrow.cell.percent", value=blasts)


def _flow(row: MarrowRow) -> Message:
    flow: FlowResult | None = row.marrow.flow
    if flow is None or (flow.percent is None and not flow.not_detected):
        return say("marrow.cell.none")
    if flow.percent is None:
        return say("marrow.cell.not_detected")
    return say("marrow.cell.percent", value=flow.percent)


def _response(row: MarrowRow) -> Message:
    return say(f"response.short.{row.response.value if row.response else 'none'}")


def _response_token(row: MarrowRow) -> str:
    if row.response is None or row.response is Response.CR:
        return "text"
    return "danger" if row.response is Response.RELAPSE else "warning"


def _mrd_token(row: MarrowRow) -> str:
    if row.mrd in POSITIVE:
        return "danger"
    return "warning" if row.mrd in _UNSURE else "text"


def _waiting(row: MarrowRow) -> Message | str:
    waiting = tuple(say(f"assay.{one.assay.value}") for one in row.marrow.pending)
    return say("marrow.cell.waiting", assays=waiting) if waiting else ""


def _late(row: MarrowRow) -> str:
    late = any(one.is_late for one in row.tracked if one.specimen.is_pending)
    return "danger" if late else "muted"


MARROW_COLUMNS: tuple[Column[MarrowRow], ...] = (
    Column(say("marrow.column.day"), _day),
    Column(say("marrow.column.blasts"), _blasts),
    Column(say("marrow.column.response"), _response, 2, _response_token),
    Column(say("marrow.column.flow"), _flow),
    Column(say("marrow.column.study"), mrd_words, 3, _mrd_token),
    Column(say("marrow.column.eln"), lambda row: mrd_class_words(row.verdict.mrd, Track.ELN), 3),
    Column(say("marrow.column.waiting"), _waiting, 2, _late),
)
