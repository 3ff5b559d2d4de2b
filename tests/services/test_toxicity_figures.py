"""The tables of toxicity as they are shown: what stands in a cell, and what never does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from aml_maint.domain.assessment import Assessment, AssessmentKind, Finding
from aml_maint.domain.known_time import KnownTime
from aml_maint.domain.toxicity_event import Causality, Cause, GradePoint, ToxicityEvent
from aml_maint.reports.figures.picture import cell_text, table_csv
from aml_maint.services.assessments import record_assessment
from aml_maint.services.language import catalogue
from aml_maint.services.toxicities import record_event
from aml_maint.services.toxicity_figures import (
    TABLES,
    ToxicityTable,
    rule_of,
    toxicity_exhibit,
    toxicity_values,
)
from aml_maint.services.toxicity_tables import toxicity_tables
from aml_maint.services.treatment import start_cycle
from aml_maint.services.workplace import Workplace
from tests.builders import DAY_1, ZONE
from tests.services.test_toxicity_tables import event, treated

EN = catalogue("en")


def shown(place: Workplace, table: ToxicityTable) -> list[list[str]]:
    values = toxicity_values(toxicity_tables(place), table)
    return [[cell_text(cell, EN) for cell in row] for row in values.rows]


def test_the_worst_of_each_cycle_stands_in_a_row_and_not_evaluated_is_no_0(
    place: Workplace,
) -> None:
    who = treated(place, "1")
    found = (Finding("nausea_vomiting", 0), Finding("fatigue", None))
    made = Assessment(
        "", who[0], who[1], 1, AssessmentKind.AFTER, DAY_1 + timedelta(days=27), found
    )
    record_assessment(place, made)
    start_cycle(place, who[1], DAY_1 + timedelta(days=28))
    event(place, who, "nausea_vomiting", 2, day=33)
    event(place, who, "rash", 1, day=2)
    lines = shown(place, ToxicityTable.WORST)
    assert ["1", "Nausea / vomiting", "2", "cycle 2", "0 2"] in lines
    assert all(line[4] in {"0 2", "1 –"} for line in lines)
    assert "– is not evaluated" in EN.text(rule_of(toxicity_tables(place), ToxicityTable.WORST)[0])


def test_a_drug_table_says_how_each_event_was_judged_and_how_many_were_not(
    place: Workplace,
) -> None:
    who = treated(place, "1")
    sure = (Cause("sorafenib", Causality.CERTAIN, "Dr Wu"),)
    event(place, who, "rash", 3, causes=sure)
    event(place, who, "rash", 1, day=9)
    assert shown(place, ToxicityTable.ATTRIBUTION) == [
        ["sorafenib", "Rash", "1 (100.0)", "1 (100.0)", "certain 1", "1"],
    ]


def test_what_is_written_to_a_file_begins_with_rule_denominator_and_day(place: Workplace) -> None:
    event(place, treated(place, "1"), "rash", 1)
    exhibit = TABLES["toxicity_incidence"](toxicity_tables(place))
    text = table_csv(exhibit, exhibit.tables[0], EN).decode("utf-8-sig")
    head, _, rows = text.partition("Term,")
    assert "# Denominator: the 1 patients" in head and "28 days" in head
    assert "Rash,1 (100.0),2.5 to 100.0,1 (100.0),0 (0.0),0,1," in rows


def test_a_course_of_grades_counts_once_at_its_worst_under_its_own_term_or_the_who_item(
    place: Workplace,
) -> None:
    who = treated(place, "1")
    first = DAY_1 + timedelta(days=2)
    one = ToxicityEvent.of(who[0], who[1], "hand_foot_skin_reaction", ZONE, 1, first)
    later = GradePoint(KnownTime.on(first + timedelta(days=4)), 3)
    record_event(place, replace(one, grades=(*one.grades, later)))
    event(place, who, "rash", 1)
    found = toxicity_tables(place)
    own = toxicity_exhibit(found, ToxicityTable.INCIDENCE).tables[0].rows
    by_who = toxicity_exhibit(found, ToxicityTable.INCIDENCE, by_who=True).tables[0].rows
    assert len(own) == 3 and len(by_who) == 2
    assert [cell_text(cell, EN) for cell in by_who[1]][4] == "1 (100.0)"
