"""Tries the parts of the program where it is installed: nothing may be missing or damaged there.

Whatever is written belongs to an invented patient and lies in a folder that is removed afterwards.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from time import perf_counter
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from aml_maint import files
from aml_maint.domain.administration import Status
from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import LANGUAGES, Message, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Flt3Itd, Patient, Sex
from aml_maint.domain.quantities import Dose, LabValue
from aml_maint.domain.schedule import doses_on
from aml_maint.services import library
from aml_maint.services.language import catalogue
from aml_maint.services.workplace import Workplace

CONTENTS = "contents.sha256"
"""The list of the resource files with their digests that the packages hold; a source tree has
none."""
NO_FONT = "font_missing"
_DAYS_BEFORE = 4  # the course of the invented patient began, so that there are doses to record
_COURSE = "00000000-0000-4000-8000-000000005e1f"


class Verdict(StrEnum):
    """How a trial ended."""

    OK = "ok"
    WARNING = "warning"
    """The program is whole, and the computer lacks something."""
    FAILED = "failed"


@dataclass(frozen=True)
class Part:
    """A part of the program with what became of its trial; `seconds` is how long that took."""

    name: str
    verdict: Verdict
    told: Message
    seconds: float


class Incomplete(Exception):
    """A part is missing or not as it was made; the message says which."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.key)
        self.message = message


def tried(name: str, trial: Callable[[], Message]) -> Part:
    """Carry out a trial; whatever goes wrong in it is its verdict."""
    began = perf_counter()
    verdict = Verdict.FAILED
    try:
        verdict, told = Verdict.OK, trial()
    except Incomplete as problem:
        verdict, told = Verdict.FAILED, problem.message
    except UserError as problem:
        lacking = problem.kind == NO_FONT
        verdict, told = (Verdict.WARNING if lacking else Verdict.FAILED), problem.message
    except Exception as fault:  # noqa: BLE001 (what a trial is for: told, never hidden)
        verdict = Verdict.FAILED
        told = say("self_test.fault", kind=type(fault).__name__, text=str(fault))
    return Part(name, verdict, told, perf_counter() - began)


# -- without a ward file -----------------------------------------------------------------------


def resources() -> Message:
    """Open every resource; against the list of the package where there is one."""
    root = files.resources()
    found = {
        path.relative_to(root).as_posix(): path
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != CONTENTS
    }
    listed = _listed(root)
    missing = sorted(listed.keys() - found.keys())
    if missing:
        raise Incomplete(say("self_test.missing", files=", ".join(missing)))
    for name, path in found.items():
        content = path.read_bytes()
        if name in listed and hashlib.sha256(content).hexdigest() != listed[name]:
            raise Incomplete(say("self_test.changed", file=name))
        _read(path.suffix, content)
    key = "self_test.resources" if listed else "self_test.resources_unlisted"
    return say(key, count=len(found))


def _listed(root: Path) -> dict[str, str]:
    """The digest of each file that the package was made with."""
    contents = root / CONTENTS
    if not contents.exists():
        return {}
    lines = (line.split("  ", 1) for line in contents.read_text("utf-8").splitlines())
    return {name: digest for digest, name in lines}


def _read(suffix: str, content: bytes) -> None:
    """Read a resource as what it is; an error of the reader when it is not that."""
    match suffix:
        case ".toml":
            tomllib.loads(content.decode("utf-8"))
        case ".svg" | ".xml":
            ElementTree.fromstring(content)
        case ".json":
            json.loads(content)
        case ".csv" | ".md" | ".txt" | ".typ":
            content.decode("utf-8")


def definitions() -> Message:
    """Read what the rules are made of, and all texts."""
    regimens = library.regimens()
    library.drugs()
    library.lab_catalogue()
    library.site_catalogue()
    library.studies()
    texts = [catalogue(language).text(say("app.name")) for language in LANGUAGES]
    items = library.toxicity_items()
    return say("self_test.definitions", regimens=len(regimens), items=len(items),
               languages=len(texts))  # fmt: skip


def calendars() -> Message:
    """Ask the time zones and the holidays that no system brings for sure."""
    from aml_maint.services.working_calendar import COUNTRY_OF_ZONE, working_calendar

    for zone in COUNTRY_OF_ZONE:
        ZoneInfo(zone)
    day = date(2026, 10, 1)
    if working_calendar("Asia/Shanghai", [day]).is_working(day):
        raise Incomplete(say("self_test.no_holidays"))
    return say("self_test.calendars", zones=len(COUNTRY_OF_ZONE))


# -- with a ward file --------------------------------------------------------------------------


def write_course(place: Workplace) -> Message:
    """Admit an invented patient, start a course, record a count and a dose; check the file."""
    from aml_maint.services import observations, people, treatment, trust
    from aml_maint.services.dosing import DoseEntry, log_dose
    from aml_maint.store import courses

    today = place.clock.now().day_in(place.zone)
    first, given = today - timedelta(days=_DAYS_BEFORE), today - timedelta(days=1)
    patient = Patient(
        _COURSE, "Self-test", "Invented", "SELF-TEST", Sex.FEMALE, date(1970, 1, 1),
        flt3_itd=Flt3Itd.POSITIVE,
    )  # fmt: skip
    people.admit_patient(place, patient)
    treatment.start_course(
        place, patient.id, "sorafenib_iti", first, course_id=_COURSE,
        orders={"ibuprofen": Dose(Decimal(200), "mg")},
    )  # fmt: skip
    taken = Moment.at(datetime.combine(given, time(6, 0)), place.zone)
    count = LabValue(Decimal(120), "10*9/L")
    observations.record_count(place, patient.id, "platelets", count, taken)
    course = courses.course(place.store, _COURSE, place.shelf)
    dose = next(dose for dose in doses_on(course, given) if dose.id.component == "sorafenib")
    log_dose(place, DoseEntry(dose.id, Status.GIVEN, Moment.at(dose.at, course.zone)))
    found = trust.verify_ward(place)
    return say("self_test.store", entries=found.head.sequence)


def reports(place: Workplace) -> Message:
    """Print a cycle report, a flow sheet and a patient's calendar in both languages."""
    from aml_maint.services.calendars import calendar_pdf, patient_calendar
    from aml_maint.services.flow_sheet_print import flow_sheet_pdf, flow_sheet_print
    from aml_maint.services.reporting import cycle_report_pdf

    calendar, sheet = patient_calendar(place, _COURSE), flow_sheet_print(place, _COURSE)
    written = [
        document
        for language in LANGUAGES
        for document in (
            cycle_report_pdf(place, _COURSE, 1, language),
            flow_sheet_pdf(sheet, language),
            calendar_pdf(calendar, language),
        )
    ]
    if not all(document.startswith(b"%PDF-") for document in written):
        raise Incomplete(say("self_test.no_pdf"))
    return say("self_test.reports", count=len(written), size=sum(map(len, written)) // 1024)


def exports(place: Workplace, folder: Path) -> Message:
    """Write the data in each format, and the calendar file."""
    from aml_maint.services.calendars import calendar_ics, patient_calendar
    from aml_maint.services.exporting import DataFormat, Wanted, export_data

    for data_format in DataFormat:
        path = folder / f"self-test-{data_format.value}{data_format.suffix}"
        export_data(place, Wanted(data_format), path)
    calendar_ics(patient_calendar(place, _COURSE), "en")
    named = [data_format.value for data_format in DataFormat]
    return say("self_test.exports", formats=", ".join([*named, "ics"]))


def figures(place: Workplace) -> Message:
    """Draw every figure and table of the cohort, as SVG and as PNG."""
    from aml_maint.services.cohort import cohort
    from aml_maint.services.cohort_figures import EXHIBITS, Choice, files_of

    found, drawn = cohort(place), 0
    for language in LANGUAGES:
        for name, make in EXHIBITS.items():
            exhibit = make(found, Choice())
            words = catalogue(language)
            drawn += sum(1 for kind in ("svg", "csv") for _ in files_of(exhibit, words, kind))
            if name == "swimmer":
                drawn += sum(1 for _ in files_of(exhibit, words, "png"))
    return say("self_test.figures", count=drawn)


ON_A_WARD: Mapping[str, Callable[[Workplace, Path], Message]] = {
    "store": lambda place, _: write_course(place),
    "reports": lambda place, _: reports(place),
    "exports": exports,
    "figures": lambda place, _: figures(place),
}
BEFORE: Mapping[str, Callable[[], Message]] = {
    "resources": resources,
    "definitions": definitions,
    "calendars": calendars,
}
