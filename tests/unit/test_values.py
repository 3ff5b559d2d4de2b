"""An invalid object can't be built: the smaller values of the domain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from aml_maint.domain.command import Actor, Role
from aml_maint.domain.course import Course, CycleStart, Hold, HoldReason
from aml_maint.domain.errors import BadInput
from aml_maint.domain.marrow import (
    Assay,
    FlowResult,
    Flt3Result,
    GeneVariant,
    Marrow,
    Morphology,
    PcrResult,
    Specimen,
)
from aml_maint.domain.messages import Catalogue, Message, Name
from aml_maint.domain.moment import Moment, instant, zone
from aml_maint.domain.outcome import from_dates
from aml_maint.domain.patient import AllergyState, similar
from aml_maint.domain.quantities import Percent, decimal
from aml_maint.domain.risk import Genetics
from aml_maint.domain.toxicity_event import ToxicityEvent
from aml_maint.services.library import regimen
from tests.builders import ZONE, a_patient, moment

DAY = date(2026, 3, 2)
AT = moment("2026-03-02T09:00")
EARLIER = moment("2026-03-02T08:59")
SMEAR = Specimen("s", Assay.MORPHOLOGY)


def course(*starts: CycleStart) -> Course:
    return Course("c", "p", regimen("sorafenib_iti"), "Asia/Shanghai", starts)


IMPOSSIBLE: list[tuple[str, Callable[[], Any], type[Exception]]] = [
    ("an actor without a name", lambda: Actor(" ", Role.NURSE, "pc"), ValueError),
    ("a course without cycle 1", lambda: course(CycleStart(2, DAY)), ValueError),
    ("a course without cycles", course, ValueError),
    (
        "cycles out of order",
        lambda: course(CycleStart(1, DAY), CycleStart(2, DAY)),
        ValueError,
    ),
    (
        "a hold that ends before it begins",
        lambda: Hold("h", "sorafenib", DAY, date(2026, 3, 1), HoldReason.OTHER, "Dr Wu"),
        BadInput,
    ),
    ("blasts above 100 %", lambda: Morphology(Decimal(101)), BadInput),
    ("not detected and a percentage", lambda: FlowResult(Decimal("0.01"), True), BadInput),
    ("fewer than no events", lambda: FlowResult(None, True, -1), BadInput),
    ("a PCR of nothing", lambda: PcrResult(" "), BadInput),
    ("a PCR below nought", lambda: PcrResult("NPM1", Decimal("-0.1")), BadInput),
    ("a PCR found and not", lambda: PcrResult("NPM1", Decimal(1), True), BadInput),
    ("a ratio below nought", lambda: Flt3Result(Decimal(-1)), BadInput),
    ("a ratio found and not", lambda: Flt3Result(Decimal(1), True), BadInput),
    ("a variant of no gene", lambda: GeneVariant(""), BadInput),
    ("a report without a result", lambda: Specimen("s", Assay.FLOW, resulted=AT), BadInput),
    (
        "a flow result of a smear",
        lambda: Specimen("s", Assay.MORPHOLOGY, result=FlowResult()),
        TypeError,
    ),
    ("two smears of one marrow", lambda: Marrow("m", "p", AT, specimens=(SMEAR, SMEAR)), BadInput),
    (
        "reported before received",
        lambda: Specimen("s", Assay.FLOW, received=AT, resulted=EARLIER, result=FlowResult()),
        BadInput,
    ),
    (
        "received before collected",
        lambda: Marrow("m", "p", AT, specimens=(Specimen("s", Assay.FLOW, received=EARLIER),)),
        BadInput,
    ),
    ("a TP53 frequency above 100 %", lambda: Genetics((), ("TP53",), True, Decimal(101)), BadInput),
    ("a grade above 4", lambda: ToxicityEvent.of("p", None, "pain", ZONE, 5, DAY), BadInput),
    (
        "a toxicity over before it began",
        lambda: ToxicityEvent.of("p", None, "pain", ZONE, 1, DAY, date(2026, 3, 1)),
        BadInput,
    ),
    ("a patient without a family name", lambda: a_patient(family_name=" "), BadInput),
    ("a patient without a record number", lambda: a_patient(""), BadInput),
    (
        "allergies that are not known",
        lambda: a_patient(allergies="penicillin", allergy_state=AllergyState.NONE_KNOWN),
        BadInput,
    ),
    (
        "a diagnosis before birth",
        lambda: a_patient(diagnosed_on=date(1960, 1, 1)),
        BadInput,
    ),
    ("a percentage that is no number", lambda: Percent(Decimal("NaN")), BadInput),
    ("an infinite number", lambda: decimal(Decimal("Infinity")), BadInput),
    ("an endless number", lambda: decimal("1e999999"), BadInput),
    ("a name in one language only", lambda: Name("thalidomide", " "), ValueError),
    ("a zone that does not exist", lambda: zone("Mars/Olympus"), BadInput),
    ("an offset of a whole day", lambda: Moment(AT.utc, 1440, "UTC"), ValueError),
    ("a moment not in UTC", lambda: Moment(AT.local, 0, "UTC"), ValueError),
    ("a civil time with a zone", lambda: instant(AT.utc, "UTC"), ValueError),
    ("an end before the beginning", lambda: from_dates(DAY, date(2026, 3, 1), True), BadInput),
]


@pytest.mark.parametrize(
    ("build", "error"), [(b, e) for _, b, e in IMPOSSIBLE], ids=[n for n, _, _ in IMPOSSIBLE]
)
def test_it_cannot_be_built(build: Callable[[], Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        build()


def test_age_is_not_known_without_a_birth_date_and_counts_whole_years() -> None:
    assert a_patient(born_on=None).age(DAY) is None
    born = a_patient(born_on=date(1961, 3, 2), diagnosed_on=None)
    assert [born.age(date(2026, 3, day)) for day in (1, 2)] == [64, 65]


@pytest.mark.parametrize(
    ("family", "given", "alike"),
    [
        ("Chen", "Anna", True),  # the same family name
        ("Chan", "Wei", True),  # one letter apart
        ("Cheng", "Wel", True),  # two letters apart
        ("Zhang", "Min", False),
        ("Li", "A", False),
    ],
)
def test_names_that_can_be_taken_for_each_other_are_marked(
    family: str, given: str, alike: bool
) -> None:
    other = a_patient("MRN-2", family_name=family, given_name=given)
    assert similar(a_patient(), other) is alike


@pytest.mark.parametrize(
    ("family", "given", "written"),
    [
        ("Chen", "Wei", "CHEN, Wei"),
        (" Chen ", " Wei ", "CHEN, Wei"),
        ("陈", "伟", "陈伟"),
        ("欧阳", "娜娜", "欧阳娜娜"),
        ("买买提", "吐尔逊·江", "买买提吐尔逊·江"),
        ("Chen", "伟", "CHEN, 伟"),
        ("van der Berg", "", "VAN DER BERG"),
    ],
)
def test_a_name_is_family_first_and_a_chinese_name_in_one(
    family: str, given: str, written: str
) -> None:
    assert a_patient(family_name=family, given_name=given).full_name == written


def test_a_blank_around_name_or_record_number_is_no_part_of_it() -> None:
    patient = a_patient(" 1002 ", family_name=" Wu")
    assert (patient.mrn, patient.family_name) == ("1002", "Wu")
    with pytest.raises(BadInput):
        a_patient("  ")


def test_nobody_is_similar_to_themselves() -> None:
    one = a_patient()
    assert not similar(one, replace(one, ward="Ward B"))


def test_two_local_times_one_change_of_clock_apart_are_different_moments() -> None:
    first = Moment.at(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "Europe/Berlin")
    second = Moment.at(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "Europe/Berlin")
    assert first.local.replace(tzinfo=None) == second.local.replace(tzinfo=None)
    assert first < second
    assert (first.offset_minutes, second.offset_minutes) == (120, 60)


@pytest.mark.parametrize(
    ("language", "day", "short", "at", "listed"),
    [
        ("en", "02-Mar-2026", "02-Mar", "02-Mar-2026\N{NO-BREAK SPACE}09:00", "a, 1.50"),
        ("zh", "2026年3月2日", "3月2日", "2026年3月2日\N{NO-BREAK SPACE}09:00", "a、1.50"),
    ],
)
def test_values_in_texts_read_the_same_in_no_other_way(
    language: Any, day: str, short: str, at: str, listed: str
) -> None:
    texts = Catalogue(language, {"one": "{value}"})
    assert texts.text("one", value=DAY) == day
    assert texts.short_day(DAY) == short
    assert texts.text("one", value=AT.local) == at
    assert texts.text("one", value=("a", Decimal("1.50"))) == listed
    assert texts.text("one", value=AT.local.time()) == "09:00"
    with pytest.raises(KeyError):
        texts.text("another")


def test_messages_with_the_same_values_are_one() -> None:
    assert len({Message("a", {"x": 1}), Message("a", {"x": 1}), Message("a", {"x": 2})}) == 2


def test_a_civil_time_carries_no_zone_of_its_own() -> None:
    with pytest.raises(ValueError, match="no zone"):
        instant(datetime(2026, 3, 2, 9, tzinfo=UTC), "Asia/Shanghai")
