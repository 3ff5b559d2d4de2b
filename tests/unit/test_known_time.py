"""Times as exactly as somebody knows them."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aml_maint.domain.errors import BadInput
from aml_maint.domain.known_time import KnownTime, Precision

EVENING = datetime(2026, 3, 4, 19, 30)

# text, precision, first minute, last minute
FORMS = [
    ("2026-03-04T19:30", Precision.MINUTE, EVENING, EVENING),
    ("2026-03-04 19:30", Precision.MINUTE, EVENING, EVENING),
    (" 2026-03-04T19 ", Precision.HOUR, datetime(2026, 3, 4, 19), datetime(2026, 3, 4, 19, 59)),
    ("2026-03-04", Precision.DAY, datetime(2026, 3, 4), datetime(2026, 3, 4, 23, 59)),
    ("2026-02", Precision.MONTH, datetime(2026, 2, 1), datetime(2026, 2, 28, 23, 59)),
    ("2024-02", Precision.MONTH, datetime(2024, 2, 1), datetime(2024, 2, 29, 23, 59)),
    ("2026-12", Precision.MONTH, datetime(2026, 12, 1), datetime(2026, 12, 31, 23, 59)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "precision", "first", "last"), FORMS)
def test_a_time_is_a_stretch_as_long_as_what_is_not_known(
    text: str, precision: Precision, first: datetime, last: datetime
) -> None:
    known = KnownTime.parse(text)
    assert (known.precision, known.local, known.last) == (precision, first, last)
    assert (known.day, known.last_day) == (first.date(), last.date())


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-02-30", "2026-03-04T25", "4.3.2026"])
def test_what_is_no_time_is_refused_with_the_form_to_write(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        KnownTime.parse(text, "onset")
    assert refused.value.field == "onset"
    assert refused.value.hint is not None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("2026-03-04", "2026-03-05", True),
        ("2026-03-04", "2026-03-04", False),
        ("2026-03-04", "2026-03-04T00:30", False),
        ("2026-03-04T19:29", "2026-03-04T19:30", True),
        ("2026-03-04T19", "2026-03-04T19:30", False),
        ("2026-03", "2026-03-31", False),
        ("2026-03", "2026-04-01", True),
    ],
)
def test_only_stretches_that_do_not_overlap_have_an_order(
    one: str, other: str, expected: bool
) -> None:
    assert KnownTime.parse(one).surely_before(KnownTime.parse(other)) is expected


def test_a_time_keeps_no_more_than_is_known_of_it() -> None:
    with pytest.raises(ValueError, match="begins its stretch"):
        KnownTime(datetime(2026, 3, 4, 19, 30), Precision.DAY)
    assert KnownTime.of(datetime(2026, 3, 4, 19, 30, 5), Precision.HOUR).local.minute == 0
    assert KnownTime.at(datetime(2026, 3, 4, 19, 30, 5)).local.second == 0


@settings(max_examples=50)
@given(
    local=st.datetimes(datetime(900, 1, 1), datetime(2200, 1, 1)),
    other=st.datetimes(datetime(900, 1, 1), datetime(2200, 1, 1)),
    precision=st.sampled_from(Precision),
)
def test_the_text_reads_back_and_sorts_as_the_times_do(
    local: datetime, other: datetime, precision: Precision
) -> None:
    one, two = KnownTime.of(local, precision), KnownTime.of(other, precision)
    assert KnownTime.parse(one.iso) == one
    assert (one.iso < two.iso) is (one.local < two.local)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("2026-03-04T19:30", "known_time.minute"),
        ("2026-03-04T19", "known_time.hour"),
        ("2026-03-04", "known_time.day"),
        ("2026-03", "known_time.month"),
    ],
)
def test_a_time_is_said_no_more_exactly_than_it_is_known(text: str, key: str) -> None:
    assert KnownTime.parse(text).text().key == key


def test_a_day_is_a_time_too() -> None:
    assert KnownTime.on(date(2026, 3, 4)).iso == "2026-03-04"
