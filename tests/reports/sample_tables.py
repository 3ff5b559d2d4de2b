"""Tables with everything that a writer of data has to bear."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from aml_maint.domain.data_dictionary import Cell, Code, Extract, Kind, Terms, Variable
from aml_maint.domain.messages import Name, say

HOSTILE = (
    "=1+1", "+8613800138000", "-2", "@SUM(A1)", "'=x", "=HYPERLINK(\"http://x\",\"y\")",
    "https://example.org", "<b>bold</b> & co", "0012", "1e5", "TRUE", "张, 三", "مرحبا", "🩸",
    " leading and trailing ", "two\nlines", "x" * 300, "血" * 200, "a" * 254 + "血", "{=A1}",
)  # fmt: skip

SEX = (
    Code("female", 1, say("sex.female")), Code("male", 2, say("sex.male")),
    Code("unknown", -8, say("sex.unknown")),
)  # fmt: skip
YES_NO = (Code("no", 0, say("export.yes_no.no")), Code("yes", 1, say("export.yes_no.yes")))

VARIABLES = (
    Variable("patient_id", Kind.PATIENT, Name("Patient", "患者"), "patient_id"),
    Variable("note", Kind.TEXT, Name("Note", "备注"), "note"),
    Variable("sex", Kind.CODE, Name("Sex", "性别"), "sex", codes=SEX, codes_name="sex"),
    Variable("serious", Kind.FLAG, Name("Serious", "严重"), "s", codes=YES_NO, codes_name="yes_no"),
    Variable("drug", Kind.TERM, Name("Drug", "药物"), "drug", terms="drugs"),
    Variable("cycles", Kind.WHOLE, Name("Cycles", "周期数"), "cycles"),
    Variable("platelets", Kind.NUMBER, Name("Platelets", "血小板"), "p", unit="10*9/L"),
    Variable("born", Kind.DAY, Name("Born", "出生"), "born"),
    Variable("given", Kind.TIME, Name("Given", "给药"), "given"),
)  # fmt: skip

TERMS: Terms = {
    "drugs": {"sorafenib": Name("sorafenib", "索拉非尼"), "il2": Name("IL-2", "白介素")}
}

ROWS: tuple[tuple[Cell, ...], ...] = (
    *(
        (f"P-{n}", text, "female", "yes", "sorafenib", n, Decimal("50.25"), date(1961, 7, 14),
         datetime(2026, 3, 2, 7, 5))
        for n, text in enumerate(HOSTILE)
    ),
    ("P-90", None, None, None, None, None, None, None, None),
    ("P-91", "plain", "unknown", "no", "il2", -3, Decimal("0.000001"), date(1890, 1, 1),
     datetime(1890, 1, 1, 23, 59)),
    ("P-92", "plain", "male", "no", "other", 10**9, Decimal("1234567.5"), date(2024, 2, 29),
     datetime(2026, 12, 31, 0, 0)),
)  # fmt: skip


def a_table(name: str = "sample", rows: tuple[tuple[Cell, ...], ...] = ROWS) -> Extract:
    """The table, ready to be written once."""
    return Extract(
        name, Name("Sample", "样例"), VARIABLES, iter([[*zip(*rows, strict=True)]] if rows else [])
    )
