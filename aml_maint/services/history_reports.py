"""Signed reports and their copies of the audit trail in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aml_maint.domain.messages import Message, say
from aml_maint.services.history_names import Names, Row


def _signed(row: Row, _: Names) -> Message:
    return say(
        "history.signed_report", cycle=row["cycle"], edition=row["edition"], by=row["signed_by"]
    )


def _copy(row: Row, _: Names) -> Message:
    language = say(f"report_language.{row['language']}")
    return say("history.report_copy", language=language, by=row["made_by"])


DESCRIBED: Mapping[str, Callable[[Row, Names], Message]] = {
    "signed_reports": _signed,
    "report_copies": _copy,
}
