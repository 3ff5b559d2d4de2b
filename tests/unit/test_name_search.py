"""What a patient is found by: names in every spelling, numbers, ward and study id."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aml_maint.domain.name_search import matches, search_keys, search_words
from aml_maint.services.finding_patients import readings
from aml_maint.store.patient_search import PatientIndex


def found(query: str, family: str, given: str, initials: str = "") -> bool:
    others = ("Ward A", "12", "P-K7QX2M9D4T")
    keys = search_keys(family, given, initials, "D-0051", others, readings())
    return matches(keys, search_words(query))


@pytest.mark.parametrize(
    ("query", "family", "given"),
    [
        # a name in Chinese characters
        ("王", "王", "小明"),
        ("小明", "王", "小明"),
        ("明", "王", "小明"),
        ("wang", "王", "小明"),
        ("wangxiao", "王", "小明"),
        ("xiaoming", "王", "小明"),
        ("WXM", "王", "小明"),
        ("xm", "王", "小明"),
        ("王 xm", "王", "小明"),
        ("nalan", "纳兰", "性德"),
        ("nlxd", "纳兰", "性德"),
        # a surname that is read otherwise than the word, and one with ü
        ("shan", "单", "丹"),
        ("zeng", "曾", "红"),
        ("lv", "吕", "布"),
        ("lu", "吕", "布"),
        ("lü", "吕", "布"),
        ("買買提", "買買提", "吐爾遜"),
        # a name in Latin letters: pinyin or not, with capitals, accents and hyphens
        ("zhang", "Zhang", "Xiaoming"),
        ("zxm", "Zhang", "Xiaoming"),
        ("xiaoming zhang", "Zhang", "Xiaoming"),
        ("zhangx", "Zhang", "Xiaoming"),
        ("muller", "Müller", "Anne-Marie"),
        ("MÜLLER", "Müller", "Anne-Marie"),
        ("marie", "Müller", "Anne-Marie"),
        ("ｚｈａｎｇ", "Zhang", "Wei"),
        # numbers and places
        ("d-0051", "Li", "Na"),
        ("d0051", "Li", "Na"),
        ("51", "Li", "Na"),
        ("ward", "Li", "Na"),
        ("12", "Li", "Na"),
        ("p-k7qx", "Li", "Na"),
        ("li 51 ward", "Li", "Na"),
    ],
)
def test_a_patient_is_found_by(query: str, family: str, given: str) -> None:
    assert found(query, family, given)


@pytest.mark.parametrize(
    ("query", "family", "given"),
    [
        ("hang", "Zhang", "Min"),  # the beginning of no word
        ("ang", "王", "小明"),
        ("王 li", "王", "小明"),  # each word has to fit
        ("xw", "王", "小明"),
        ("0052", "Li", "Na"),
        ("* OR li", "Li", "Na"),  # no language of queries: the words are looked for as typed
    ],
)
def test_a_patient_is_not_found_by(query: str, family: str, given: str) -> None:
    assert not found(query, family, given)


def test_initials_that_somebody_typed_are_found_beside_those_worked_out() -> None:
    assert found("zq", "仇", "强", initials="zq")
    assert found("qq", "仇", "强", initials="zq")


NAMES = st.text(alphabet="王小明李娜单吕张 Zz'ü-eao·x0", max_size=6)
QUERIES = st.one_of(
    st.text(max_size=12), st.text(alphabet="wangxiomlvz王小明 0-*\"'()x", max_size=8)
)


@settings(max_examples=60, deadline=None)
@given(people=st.lists(st.tuples(NAMES, NAMES, st.text(max_size=6)), max_size=8), query=QUERIES)
def test_the_engine_finds_whom_a_slow_search_finds_whatever_is_typed(
    people: list[tuple[str, str, str]], query: str
) -> None:
    keys = {
        str(at): search_keys(family, given, "", number, (), readings())
        for at, (family, given, number) in enumerate(people)
    }
    words = search_words(query)
    slow = {id for id, mine in keys.items() if matches(mine, words)}
    assert PatientIndex(keys).find(words) == slow


@pytest.mark.parametrize(
    "query",
    ['"', "'", "a\0b", "NEAR(", "AND", "*", "^a", "{col}:", "\ud800", "a" * 10_000, "( ( (" * 500,
     "keys:", "-", "k", "x000041"],
)  # fmt: skip
def test_no_query_is_refused_and_none_is_read_as_a_language(query: str) -> None:
    keys = {"1": search_keys("Li", "Na", "", "D-1", (), readings())}
    words = search_words(query)
    expected = {"1"} if matches(keys["1"], words) else set()
    assert PatientIndex(keys).find(words) == expected
