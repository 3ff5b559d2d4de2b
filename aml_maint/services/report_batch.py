"""Many cycle reports into one folder, file by file: what is stopped can be gone on with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from aml_maint.domain.errors import BadInput, UserError
from aml_maint.domain.messages import DocumentLanguage, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.signed_report import Standing
from aml_maint.services.changes import Changes
from aml_maint.services.report_list import ReportLine, draft_report, patient_reports, ward_reports
from aml_maint.services.report_signing import give_copy
from aml_maint.services.reporting import edition_name, name_start
from aml_maint.services.saving import save_document
from aml_maint.services.site_settings import site_history
from aml_maint.services.workplace import Workplace
from aml_maint.store import audit

# To give a copy away changes nothing that a report tells.
_TELLS_NOTHING = ("copy_report",)
_TIME = "%Y%m%d-%H%M"


@dataclass(frozen=True)
class BatchChoice:
    """Which cycles to report: of one patient or ward, with a day in a range, over, signed."""

    patient_id: str | None = None
    ward: str | None = None
    first: date | None = None
    last: date | None = None
    closed: bool = False
    signed: bool = False

    def __post_init__(self) -> None:
        if self.first is not None and self.last is not None and self.last < self.first:
            raise BadInput(say("error.end_before_start"), field="until")

    def fits(self, line: ReportLine) -> bool:
        """Is the report of this cycle wanted?"""
        if self.ward is not None and _plain(line.patient.ward) != _plain(self.ward):
            return False
        if self.first is not None and line.last_day < self.first:
            return False
        if self.last is not None and line.first_day > self.last:
            return False
        if self.closed and line.standing is Standing.RUNNING:
            return False
        return line.signed is not None or not self.signed


@dataclass(frozen=True)
class SavedReport:
    """The file of one report; `written` is False where it lay there and is up to date."""

    line: ReportLine
    path: Path
    written: bool


@dataclass(frozen=True)
class BatchOutcome:
    """What lies in the folder now, of how many; why it ended early, if it did."""

    files: tuple[SavedReport, ...]
    count: int
    problem: UserError | None = None

    @property
    def is_whole(self) -> bool:
        """Are all of them there?"""
        return len(self.files) == self.count


def batch_lines(place: Workplace, wanted: BatchChoice) -> tuple[ReportLine, ...]:
    """The reports wanted; BadInput for a ward that no patient lies in."""
    if wanted.patient_id is None:
        lines = ward_reports(place)
    else:
        lines = patient_reports(place, wanted.patient_id)
    if wanted.ward is not None:
        known = {_plain(line.patient.ward): line.patient.ward.strip() for line in lines}
        if _plain(wanted.ward) not in known:
            raise BadInput(
                say("report_batch.no_ward", ward=wanted.ward.strip()),
                hint=say("report_batch.wards", wards=tuple(sorted(filter(None, known.values())))),
                field="ward",
            )
    return tuple(line for line in lines if wanted.fits(line))


def save_batch(
    place: Workplace,
    lines: Sequence[ReportLine],
    language: DocumentLanguage,
    folder: Path,
    told: Callable[[int, int], None] = lambda number, count: None,
    stopped: Callable[[], bool] = lambda: False,
) -> BatchOutcome:
    """Save one report after the other until all are there, `stopped` says so, or one fails.

    Each file is whole or absent. `told` hears which one is made, of how many.
    """
    saved: list[SavedReport] = []
    for number, line in enumerate(lines, 1):
        if stopped():
            break
        told(number, len(lines))
        try:
            done = save_unsigned(place, line, language, folder)
            saved.append(done or save_copy(place, line, language, folder)[1])
        except UserError as problem:
            return BatchOutcome(tuple(saved), len(lines), problem)
    return BatchOutcome(tuple(saved), len(lines))


def save_unsigned(
    place: Workplace, line: ReportLine, language: DocumentLanguage, folder: Path
) -> SavedReport | None:
    """Save the draft of a report, unless it lies there; None for a signed one not there yet."""
    there = _lying(place, line, language, folder)
    if there is not None:
        return SavedReport(line, there, written=False)
    if line.signed is not None:
        return None
    name, document = draft_report(place, line, language)
    save_document(folder / name, document)
    return SavedReport(line, folder / name, written=True)


def save_copy(
    place: Workplace, line: ReportLine, language: DocumentLanguage, folder: Path
) -> tuple[Changes, SavedReport]:
    """Save a copy of a signed report, which the audit trail notes before it leaves."""
    if line.signed is None:
        raise ValueError("this report is not signed")
    changes, name, document = give_copy(place, line.signed.id, language)
    save_document(folder / name, document)
    return changes, SavedReport(line, folder / name, written=True)


def _lying(
    place: Workplace, line: ReportLine, language: DocumentLanguage, folder: Path
) -> Path | None:
    """The file of this report in the folder that tells what one made now would tell."""
    if line.signed is not None:
        path = folder / edition_name(line.course_id, line.cycle, line.signed.signature, language)
        return path if path.is_file() else None
    now = place.clock.now()
    for path in _drafts(line, language, folder):
        made = _made(path, line, now)
        if made is not None and not _changed_since(place, line.patient.id, made):
            return path
    return None


def _drafts(line: ReportLine, language: DocumentLanguage, folder: Path) -> Iterator[Path]:
    start = name_start(line.course_id, line.cycle)
    yield from sorted(folder.glob(f"{start}-*-draft-{language}.pdf"), reverse=True)


def _made(path: Path, line: ReportLine, now: Moment) -> Moment | None:
    """The minute in a draft's name, if it is of today: what is due changes with the day."""
    stamp = path.name.removeprefix(f"{name_start(line.course_id, line.cycle)}-")
    try:
        wall = datetime.strptime(stamp.partition("-draft-")[0], _TIME)
    except ValueError:
        return None
    return Moment.at(wall, now.zone) if wall.date() == now.local.date() else None


def _changed_since(place: Workplace, patient_id: str, made: Moment) -> bool:
    """Was anything recorded of the patient, or decided for the ward, in that minute or later?"""
    decided = any(change.decided.utc >= made.utc for change in site_history(place).changes)
    return decided or audit.recorded_since(place.store, patient_id, made.utc, _TELLS_NOTHING)


def _plain(ward: str) -> str:
    return " ".join(ward.split()).casefold()
