"""How the standing of a report is said and coloured; the words tell it, the colour only helps."""

from __future__ import annotations

from aml_maint.domain.messages import Message, say
from aml_maint.domain.signed_report import Edition, Standing
from aml_maint.gui.models.rows_model import Column
from aml_maint.services.report_list import ReportLine

_TOKENS = {
    Standing.RUNNING: "muted",
    Standing.TO_SIGN: "warning",
    Standing.SIGNED: "success",
    Standing.SUPERSEDED: "danger",
}


def standing_text(standing: Standing, signed: Edition | None) -> Message:
    """How a report stands, with who signed it when."""
    if signed is None:
        return say(f"reports.standing.{standing.value}")
    signature = signed.signature
    told: dict[str, object] = {
        "by": signature.name,
        "at": signature.at.local.date(),
        "edition": signature.edition,
    }
    return Message("reports.standing.signed", told)


def standing_token(standing: Standing) -> str:
    """The colour of a standing."""
    return _TOKENS[standing]


CYCLE_COLUMNS: tuple[Column[ReportLine], ...] = (
    Column(say("reports.column.cycle"), lambda line: say("reports.cycle", cycle=line.cycle)),
    Column(
        say("reports.column.dates"),
        lambda line: say("finding.days", first=line.first_day, last=line.last_day),
    ),
    Column(
        say("reports.column.standing"),
        lambda line: standing_text(line.standing, line.signed),
        share=1,
        token=lambda line: standing_token(line.standing),
    ),
)

WARD_COLUMNS: tuple[Column[ReportLine], ...] = (
    Column(
        say("reports.column.patient"),
        lambda line: say("reports.patient", name=line.patient.full_name, mrn=line.patient.mrn),
        share=1,
    ),
    *CYCLE_COLUMNS,
)
