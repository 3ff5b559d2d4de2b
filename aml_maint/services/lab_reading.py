"""A patient's laboratory results in their panels, each judged beside the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from aml_maint.domain.analytes import Analyte, Panel
from aml_maint.domain.lab_judgement import Judgement, judge
from aml_maint.domain.labs import LabResult
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Patient
from aml_maint.domain.toxicity import ToxicityItem
from aml_maint.services.library import lab_catalogue
from aml_maint.services.site_items import site_item_of
from aml_maint.services.site_settings import site_settings
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, laboratories, labs, patients


@dataclass(frozen=True)
class LabSeries:
    """The results of one analyte, oldest first, and the item that grades them, if any."""

    analyte: Analyte
    item: ToxicityItem | None
    judgements: tuple[Judgement, ...]

    def at(self, collected: Moment) -> Judgement | None:
        """The result of a sample; of several the one entered last."""
        return next((j for j in reversed(self.judgements) if j.result.collected == collected), None)


@dataclass(frozen=True)
class LabBook:
    """All results of a patient as of `now`.

    `zone` is where samples are collected; `cycle_starts` are the first days of the cycles of the
    course that the baseline belongs to, the latest; `laboratories` are names by id.
    """

    patient: Patient
    now: Moment
    zone: str
    cycle_starts: tuple[date, ...]
    series: tuple[LabSeries, ...]
    laboratories: Mapping[str, str]

    @property
    def panels(self) -> tuple[tuple[Panel, tuple[LabSeries, ...]], ...]:
        """The panels that hold any result, each with its series."""
        found = []
        for panel in lab_catalogue().panels:
            mine = tuple(one for one in self.series if one.analyte in panel.analytes)
            if mine:
                found.append((panel, mine))
        return tuple(found)

    @property
    def collections(self) -> tuple[Moment, ...]:
        """When samples were collected, the latest first."""
        times = {j.result.collected.utc: j.result.collected for s in self.series
                 for j in s.judgements}  # fmt: skip
        return tuple(times[utc] for utc in sorted(times, reverse=True))

    def of(self, analyte: str) -> LabSeries | None:
        """The series of an analyte; None when there is no result of it."""
        return next((one for one in self.series if one.analyte.id == analyte), None)


def lab_book(place: Workplace, patient_id: str) -> LabBook:
    """The laboratory results of a patient, judged."""
    course = courses.latest_by_patient(place.store, place.shelf, patient_id).get(patient_id)
    by_analyte: defaultdict[str, list[LabResult]] = defaultdict(list)
    for result in labs.of_patient(place.store, patient_id):
        by_analyte[result.analyte].append(result)
    within = site_settings(place).days("toxicity.baseline_days")
    series = []
    for analyte in lab_catalogue().analytes.values():
        results = by_analyte.get(analyte.id)
        if results:
            item = site_item_of(place, analyte.id)
            start = course.first_day if course is not None else None
            series.append(
                LabSeries(analyte, item, tuple(judge(analyte, item, results, start, within)))
            )
    return LabBook(
        patients.patient(place.store, patient_id),
        place.clock.now(),
        place.zone if course is None else course.zone,
        () if course is None else tuple(cycle.first_day for cycle in course.cycles),
        tuple(series),
        {one.id: one.name for one in laboratories.all_of(place.store)},
    )
