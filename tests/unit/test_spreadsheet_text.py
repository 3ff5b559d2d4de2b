"""Texts in files that spreadsheets open: never a formula, and read back as they were typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aml_maint.domain.spreadsheet_text import FORMULA_STARTS, harmless, restored

BEGINNINGS = st.text(alphabet="'=+-@\t\r＝＋－＠a1 ", max_size=6)


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_a_text_that_would_begin_a_formula_begins_with_an_apostrophe(start: str) -> None:
    assert harmless(f"{start}1+1") == f"'{start}1+1"


@given(BEGINNINGS)
def test_whatever_a_text_begins_with_it_is_no_formula_and_comes_back(text: str) -> None:
    assert not harmless(text).startswith(FORMULA_STARTS)
    assert restored(harmless(text)) == text
