"""Who could be taken for whom: found without holding everyone against everyone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aml_maint.domain.patient import Patient, similar, with_namesakes


def people(names: Sequence[tuple[str, str]]) -> list[Patient]:
    return [
        Patient(id=str(n), family_name=family, given_name=given, mrn=str(n))
        for n, (family, given) in enumerate(names)
    ]


@pytest.mark.parametrize(
    ("names", "marked"),
    [
        ([("Chen", "Wei"), ("Chen", "Min")], {0, 1}),
        ([("Chen", "Wei"), ("chen", "Min")], {0, 1}),
        ([("Chang", "Wei"), ("Zhang", "Wei")], {0, 1}),
        ([("Chen", "Wei"), ("Cheng", "Weii")], {0, 1}),
        ([("Chen", "Wei"), ("Cheng", "Weiii")], set()),
        ([("Wang", "Xiaoming"), ("Wan", "Xiaomin")], {0, 1}),
        ([("Li", "A"), ("Lu", "A")], set()),
        ([("Li", "An"), ("Lu", "A")], {0}),
        ([("王", "芳"), ("汪", "芳")], set()),
        ([("欧阳", "静"), ("欧阳", "敏")], {0, 1}),
        ([("Solo", "Person")], set()),
    ],
)
def test_a_name_is_marked_by_its_family_or_by_two_letters(
    names: list[tuple[str, str]], marked: set[int]
) -> None:
    assert with_namesakes(people(names)) == {str(n) for n in marked}


_LETTERS = st.text("abc", max_size=6)


@settings(max_examples=150)
@given(st.lists(st.tuples(_LETTERS.map(lambda text: text or "a"), _LETTERS), max_size=9))
def test_the_same_are_found_as_by_holding_each_against_each(names: list[tuple[str, str]]) -> None:
    everyone = people(names)
    expected = {one.id for one in everyone if any(similar(one, other) for other in everyone)}
    assert with_namesakes(everyone) == expected
