"""The report's definitions print the values in force in its cycle, and whose they are."""

from __future__ import annotations

from datetime import date

from aml_maint.domain.messages import Language
from aml_maint.reports.cycle_report_definitions import definitions
from aml_maint.services.language import catalogue
from aml_maint.services.reporting import cycle_report
from aml_maint.services.site_settings import accept_settings, change_setting
from aml_maint.services.treatment import start_cycle
from aml_maint.services.workplace import Workplace
from tests.builders import on_course, set_clock

NBSP = "\N{NO-BREAK SPACE}"


def printed(place: Workplace, course: str, language: Language = "en") -> str:
    report = cycle_report(place, course)
    return "\n".join(definitions(report, catalogue(language))["items"])


def test_without_decisions_every_site_figure_is_marked_as_a_default(place: Workplace) -> None:
    _, course = on_course(place)
    told = printed(place, course)
    assert f"sorafenib, thalidomide, compound Danshen tablets ±{NBSP}2{NBSP}h [D]" in told
    assert "[S]" not in told.replace("[S] a figure", "")
    assert "the site has decided on 0" in told


def test_a_changed_window_and_an_accepted_gate_are_printed_as_the_sites_own(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    change_setting(place, "window.thalidomide", 90, "earlier nights")
    accept_settings(place, ["gate.stale_after"], "ward meeting")
    set_clock(place, "2026-03-10T09:00")
    told = printed(place, course)
    assert f"thalidomide ±{NBSP}90{NBSP}minutes [S]" in told
    assert "had fallen by 33" in told
    assert told.count("[S]") == 4  # one window, the age of two gates, and the explanation
    assert (
        f"Set by the site otherwise than proposed: Thalidomide: on time within ±: 90{NBSP}" in told
    )
    assert "the site has decided on 2" in told
    assert "Changed during the cycle" in told
    assert f"90{NBSP}minutes from 03-Mar-2026 on, 120{NBSP}minutes before" in told


def test_a_report_of_an_earlier_cycle_prints_what_held_then(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-30T06:00")
    change_setting(place, "cycle.assessment_needed", False, "kept on paper")
    start_cycle(place, course, date(2026, 3, 30))
    change_setting(place, "window.thalidomide", 90, "earlier nights")
    set_clock(place, "2026-04-10T09:00")
    report = cycle_report(place, course, 1)
    told = "\n".join(definitions(report, catalogue("en"))["items"])
    assert "90" not in told
    assert f"thalidomide ±{NBSP}90" in printed(place, course)


def test_the_gates_that_a_site_switches_on_are_printed_in_both_languages(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    change_setting(place, "pregnancy.gate", True, "our rule")
    change_setting(place, "ibuprofen.renal_gate", True, "our rule")
    set_clock(place, "2026-03-10T09:00")
    told = printed(place, course)
    assert "thalidomide: for patients who can become pregnant only with a negative" in told
    assert "with care below 60" in told
    assert "妊娠试验阴性" in printed(place, course, "zh")
