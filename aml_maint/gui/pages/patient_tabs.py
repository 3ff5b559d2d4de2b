"""The tabs of the patient page, in their order: the one list of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aml_maint.gui.desk import Desk
from aml_maint.gui.dose_logging import DoseLogger
from aml_maint.gui.pages.patient_tab import PatientTab


@dataclass(frozen=True)
class TabPlace:
    """A tab by name; its words are the text `tab.<name>`. It is made when it is first shown."""

    name: str
    make: Callable[[Desk, DoseLogger], PatientTab]


def _overview(desk: Desk, _: DoseLogger) -> PatientTab:
    from aml_maint.gui.pages.overview_tab import OverviewTab

    return OverviewTab(desk, frozenset(place.name for place in TABS))


def _cycle(desk: Desk, logger: DoseLogger) -> PatientTab:
    from aml_maint.gui.pages.cycle_tab import CycleTab

    return CycleTab(desk, logger)


def _toxicity(desk: Desk, logger: DoseLogger) -> PatientTab:
    from aml_maint.gui.pages.toxicity_tab import ToxicityTab

    return ToxicityTab(desk, logger)


def _marrow(desk: Desk, logger: DoseLogger) -> PatientTab:
    from aml_maint.gui.pages.marrow_tab import MarrowTab

    return MarrowTab(desk, logger)


def _labs(desk: Desk, _: DoseLogger) -> PatientTab:
    from aml_maint.gui.pages.labs_tab import LabsTab

    return LabsTab(desk)


def _course(desk: Desk, _: DoseLogger) -> PatientTab:
    from aml_maint.gui.pages.course_tab import CourseTab

    return CourseTab(desk)


def _reports(desk: Desk, _: DoseLogger) -> PatientTab:
    from aml_maint.gui.pages.reports_tab import ReportsTab

    return ReportsTab(desk)


def _history(desk: Desk, _: DoseLogger) -> PatientTab:
    from aml_maint.gui.pages.history_tab import HistoryTab

    return HistoryTab(desk)


# Overview, Cycle, Toxicity, Marrow & MRD, Labs, Course, Reports, History: in this order. A tab's
# module is imported when the tab is made, so that the window opens no later for it.
TABS: tuple[TabPlace, ...] = (
    TabPlace("overview", _overview),
    TabPlace("cycle", _cycle),
    TabPlace("toxicity", _toxicity),
    TabPlace("marrow", _marrow),
    TabPlace("labs", _labs),
    TabPlace("course", _course),
    TabPlace("reports", _reports),
    TabPlace("history", _history),
)  # fmt: skip
