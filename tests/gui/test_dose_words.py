"""How doses are said on Today, and whether now is their time: no window needed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from aml_maint.domain.administration import Administration, Status
from aml_maint.domain.gate import GateEvidence
from aml_maint.domain.messages import Catalogue, Message
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Patient
from aml_maint.domain.quantities import Dose
from aml_maint.domain.schedule import SlotId, doses_on, on_time_course
from aml_maint.gui import dose_words
from aml_maint.gui.dose_targets import (
    DoseTarget,
    is_off_time,
    is_past_day,
    minutes_to_dose,
    next_part,
)
from aml_maint.services.dose_view import DosePair, paired, views
from aml_maint.services.language import catalogue
from aml_maint.services.library import regimen

ZONE = "Asia/Shanghai"
DAY = date(2026, 3, 5)
PATIENT = Patient("p", "Chen", "Wei", "T-0001")


def moment(hour: int, minute: int = 0, day: date = DAY) -> Moment:
    return Moment.at(datetime(day.year, day.month, day.day, hour, minute), ZONE)


def pair_at(
    now: Moment, component: str = "interferon", *, ibuprofen: datetime | None = None
) -> DosePair:
    """A dose of the first day of a course as it stands at `now`, without any gate in force."""
    course = on_time_course(regimen("sorafenib_iti"), DAY, 1, ZONE)
    planned = [d for d in doses_on(course, DAY) if d.component.id in {component, "ibuprofen"}]
    ungated = [d._replace(component=_ungated(d.component)) for d in planned]
    records: dict[SlotId, Administration] = {}
    if ibuprofen is not None:
        dose = next(d for d in ungated if d.component.id == "ibuprofen")
        given = Moment.at(ibuprofen, ZONE)
        records[dose.id] = Administration(
            "a", dose.id, "p", Status.GIVEN, dose.at, dose.at, given, Dose(Decimal(200), "mg"),
            given, "Li Na", "nurse",
        )  # fmt: skip
    found = paired(views(ungated, records, GateEvidence(), now.utc))
    return next(p for p in found if p.main.slot.component == component)


def _ungated(component: object) -> object:
    from dataclasses import replace

    return replace(component, gates=())  # type: ignore[type-var]


@pytest.fixture
def english() -> Catalogue:
    return catalogue("en")


def plain(english: Catalogue, message: Message) -> str:
    return english.text(message).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("family", "given", "shown"),
    [
        ("Chen", "Wei", "CHEN, Wei"),
        ("陈", "伟", "陈伟"),
        ("Wei", "", "WEI"),
        ("欧阳", "Jing", "欧阳, Jing"),
        ("买买提", "·吐尔逊", "买买提·吐尔逊"),
    ],
)
def test_a_name_reads_as_the_patients_full_name_does(
    english: Catalogue, family: str, given: str, shown: str
) -> None:
    patient = Patient("p", family, given, "T-1")
    assert plain(english, dose_words.patient_name(patient)) == shown


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [(0, "0 min"), (119, "119 min"), (120, "2 h"), (121, "2 h 1 min"), (2879, "47 h 59 min"),
     (2880, "2 days")],
)  # fmt: skip
def test_a_length_of_time_is_in_minutes_up_to_two_hours_and_in_days_from_two_days(
    english: Catalogue, minutes: int, shown: str
) -> None:
    assert plain(english, dose_words.span(minutes)) == shown


def test_a_dose_reads_drug_dose_route_with_dashes(english: Catalogue) -> None:
    pair = pair_at(moment(18))
    assert plain(english, dose_words.dose_line(pair.main.planned)) == (
        "interferon alfa-1b — 60 micrograms — under the skin"
    )
    assert pair.premedication is not None
    assert plain(english, dose_words.dose_line(pair.premedication.planned)) == (
        "ibuprofen — no dose ordered — by mouth"
    )


def test_the_premedication_comes_first_while_it_is_open() -> None:
    assert next_part(pair_at(moment(18))).slot.component == "ibuprofen"
    given = pair_at(moment(18, 30), ibuprofen=datetime(2026, 3, 5, 18, 0))
    assert next_part(given).slot.component == "interferon"


def test_a_closed_premedication_leaves_the_key_to_the_dose() -> None:
    course = on_time_course(regimen("sorafenib_iti"), DAY, 1, ZONE)
    planned = [d for d in doses_on(course, DAY) if d.component.id in {"interferon", "ibuprofen"}]
    pair = paired(views(planned, {}, GateEvidence(), moment(18).utc))[0]
    assert next_part(pair).slot.component == "interferon"


@pytest.mark.parametrize(
    ("minute", "text"),
    [
        (0, "interferon alfa-1b in 60 min"),
        (59, "interferon alfa-1b in 1 min"),
        (60, "interferon alfa-1b now, 60 min after the premedication"),
        (75, "interferon alfa-1b now, 75 min after the premedication"),
        (76, "interferon alfa-1b: 76 min since the premedication"),
    ],
)
def test_the_countdown_runs_from_the_time_given_to_the_planned_interval(
    english: Catalogue, minute: int, text: str
) -> None:
    given = datetime(2026, 3, 5, 18, 3)
    now = Moment.at(given + timedelta(minutes=minute), ZONE)
    told = dose_words.countdown(pair_at(now, ibuprofen=given), now)
    assert told is not None and plain(english, told) == text


def test_there_is_no_countdown_before_the_premedication(english: Catalogue) -> None:
    now = moment(18)
    assert minutes_to_dose(pair_at(now), now) is None
    assert dose_words.countdown(pair_at(now), now) is None


@pytest.mark.parametrize(
    ("hour", "minute", "off"),
    # Sorafenib of 07:00 is on time from 05:00 to 09:00, both ends included.
    [(4, 59, True), (5, 0, False), (9, 0, False), (9, 1, True)],
)
def test_a_dose_is_off_time_outside_its_window(hour: int, minute: int, off: bool) -> None:
    course = on_time_course(regimen("sorafenib_iti"), DAY, 1, ZONE)
    dose = doses_on(course, DAY)[0]
    pair = paired(views([dose], {}, GateEvidence(), moment(7).utc))[0]
    assert is_off_time(pair, pair.main, moment(hour, minute)) is off


@pytest.mark.parametrize(("after", "off"), [(44, True), (45, False), (90, False)])
def test_a_dose_is_off_time_sooner_than_45_minutes_after_its_premedication(
    after: int, off: bool
) -> None:
    given = datetime(2026, 3, 5, 18, 0)
    now = Moment.at(given + timedelta(minutes=after), ZONE)
    pair = pair_at(now, ibuprofen=given)
    assert is_off_time(pair, pair.main, now) is off


def test_a_day_is_past_from_midnight_of_the_ward() -> None:
    pair = pair_at(moment(18))
    assert not is_past_day(pair.main, moment(23, 59))
    assert is_past_day(pair.main, moment(0, 0, date(2026, 3, 6)))


@pytest.mark.parametrize(
    ("hour", "component", "shown"),
    [
        (19, "interleukin2", "Given now"),
        (14, "interleukin2", "Given early…"),
        (23, "interleukin2", "Given now"),
        (18, "interferon", "ibuprofen: enter dose…"),
    ],
)
def test_the_button_says_what_enter_would_record(
    english: Catalogue, hour: int, component: str, shown: str
) -> None:
    now = moment(hour)
    assert plain(english, dose_words.give_words(pair_at(now, component), now)) == shown


def test_the_button_says_late_after_the_window_and_taken_after_the_day(
    english: Catalogue,
) -> None:
    late, after = moment(23, 1), moment(8, 0, date(2026, 3, 6))
    told = [dose_words.give_words(pair_at(now, "interleukin2"), now) for now in (late, after)]
    assert [plain(english, message) for message in told] == ["Given late…", "Taken as planned"]


def test_the_parts_of_a_target_are_found_by_their_identity() -> None:
    target = DoseTarget(PATIENT, pair_at(moment(18)))
    assert [target.part_of(view.slot) for view in target.parts] == list(target.parts)
    with pytest.raises(KeyError):
        target.part_of(SlotId("plan", "thalidomide", DAY, "bedtime"))
