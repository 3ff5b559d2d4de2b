"""The report of a cohort as one PDF: the figures and tables of the Cohort page, in order.

Made in steps, so that whoever waits can be told how far it is, and can stop it between two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from aml_maint.domain.cohort_tables import Grouping, grouped
from aml_maint.domain.endpoints import Endpoint
from aml_maint.domain.messages import DocumentLanguage, Language, Message, languages_of, say
from aml_maint.domain.moment import Moment
from aml_maint.reports.cohort_report import Chapter, CohortReport
from aml_maint.reports.cycle_report import ChainHead
from aml_maint.reports.figures.exhibit import Exhibit, Values
from aml_maint.services.changes import Changes
from aml_maint.services.cohort import Cohort
from aml_maint.services.cohort_figures import EXHIBITS, Choice
from aml_maint.services.cohort_words import patient_parts, patients_told
from aml_maint.services.figure_release import is_recorded, note_figures, released
from aml_maint.services.language import catalogue
from aml_maint.services.workplace import Workplace

# Many columns need the page on its side.
_WIDE = frozenset({"table_2", "paper_check"})
# Of these the picture shows each line.
_SHOWN = frozenset({"swimmer", "mrd_strip"})


class Listing(StrEnum):
    """How the patients are named where they stand one by one."""

    STUDY_IDS = "study_ids"
    NUMBERS = "numbers"
    NONE = "none"
    """Not at all: only what counts them is printed."""


@dataclass(frozen=True)
class ReportChoice:
    """What stands in the report: counted how, by which relapse-free survival, in which language."""

    choice: Choice = field(default_factory=Choice)
    relapse_free: Endpoint = Endpoint.RFS_ANY
    listing: Listing = Listing.STUDY_IDS
    language: DocumentLanguage = "en"

    @property
    def identified(self) -> bool:
        """Do record numbers leave?"""
        return self.listing is Listing.NUMBERS


@dataclass(frozen=True)
class Frame:
    """What the report needs of the ward file: the cohort as it may leave, who makes it, when."""

    cohort: Cohort
    wanted: ReportChoice
    names: tuple[str, ...]
    generated: Moment
    by: str
    role: str
    chain: ChainHead | None
    demo: bool

    @property
    def leaving(self) -> tuple[str, ...]:
        """The exhibits that leave as they are; completeness without its patients only counts."""
        return _leaving(self.names, self.wanted)


Step = tuple[Language, Exhibit]
"""One picture in one language."""


def report_frame(place: Workplace, found: Cohort, wanted: ReportChoice) -> Frame:
    """Begin a report; refused, and recorded, if the person's roles don't let the data leave."""
    names = tuple(_names(found, wanted))
    cohort = released(place, found, _leaving(names, wanted), identified=wanted.identified)
    head = place.store.head()
    return Frame(
        cohort, wanted, names, place.clock.now(), place.actor.name, place.actor.role.value,
        ChainHead(head.sequence, head.hash) if head.sequence else None, place.is_demo,
    )  # fmt: skip


def is_noted(found: Cohort, frame: Frame) -> bool:
    """Do patients' data leave in the report, so that it has to be recorded?"""
    return is_recorded(found, frame.leaving, identified=frame.wanted.identified)


def note_report(place: Workplace, found: Cohort, frame: Frame, command_id: UUID) -> Changes:
    """Record that patients' data leave in the report, before it is written."""
    identified = frame.wanted.identified
    return note_figures(
        place, found, frame.leaving, command_id, identified=identified, form="cohort_report"
    )


def counted_report(frame: Frame) -> CohortReport:
    """Count everything that is printed."""
    cohort, wanted = frame.cohort, frame.wanted
    chapters = tuple(_chapters(frame))
    return CohortReport(
        n=len(cohort.members),
        facts=tuple(_facts(frame)),
        warnings=tuple(_warnings(cohort, wanted)),
        chapters=chapters,
        methods=tuple(_methods(wanted)),
        generated=frame.generated,
        generated_by=frame.by,
        generated_role=frame.role,
        chain=frame.chain,
        demo=frame.demo,
    )


def steps_of(report: CohortReport, wanted: ReportChoice) -> tuple[Step, ...]:
    """The pictures to draw, one after the other."""
    return tuple(
        (language, exhibit)
        for language in languages_of(wanted.language)
        for chapter in report.chapters
        for exhibit in chapter.plates
    )


def drawn(step: Step) -> str:
    """The picture of a step, as SVG; FontMissing if no font has a letter."""
    from aml_maint.reports.cohort_report_pdf import plate

    language, exhibit = step
    return plate(exhibit, catalogue(language))


def typeset_report(report: CohortReport, wanted: ReportChoice, pictures: Sequence[str]) -> bytes:
    """The PDF of a report with the pictures of its steps, in their order."""
    from aml_maint.reports.cohort_report_pdf import cohort_report_document

    by_exhibit: dict[tuple[Language, str], list[str]] = {}
    for (language, exhibit), picture in zip(steps_of(report, wanted), pictures, strict=True):
        by_exhibit.setdefault((language, exhibit.id), []).append(picture)
    catalogues = map(catalogue, languages_of(wanted.language))
    return cohort_report_document(report, by_exhibit, *catalogues)


def report_pdf(
    frame: Frame,
    told: Callable[[int, int], None] = lambda number, count: None,
    stopped: Callable[[], bool] = lambda: False,
) -> bytes | None:
    """All steps at once: the PDF, or None if `stopped` said so between two of them."""
    report = counted_report(frame)
    steps = steps_of(report, frame.wanted)
    pictures = []
    for number, step in enumerate(steps, 1):
        if stopped():
            return None
        told(number, len(steps))
        pictures.append(drawn(step))
    return None if stopped() else typeset_report(report, frame.wanted, pictures)


def report_name(frame: Frame) -> str:
    """A name to save it under, which names nobody."""
    return f"cohort-report-{frame.generated.local:%Y%m%d-%H%M}-{frame.wanted.language}.pdf"


def _names(found: Cohort, wanted: ReportChoice) -> Iterator[str]:
    """The exhibits of the report by name."""
    yield from ("table_1", Endpoint.OS.value, wanted.relapse_free.value, "toxicity")
    if wanted.listing is not Listing.NONE:
        yield from ("swimmer", "mrd_strip")
    yield "completeness"
    if wanted.listing is not Listing.NONE:
        yield "table_2"
    if any(member.study for member in found.members) and found.checks:
        yield "paper_check"


def _leaving(names: Sequence[str], wanted: ReportChoice) -> tuple[str, ...]:
    listed = wanted.listing is not Listing.NONE
    return tuple(name for name in names if listed or name != "completeness")


def _chapters(frame: Frame) -> Iterator[Chapter]:
    told = set(patients_told(frame.cohort))  # the title says it once for all
    for name in frame.names:
        if name == Endpoint.OS.value:
            exhibit = _outcomes(frame.cohort, frame.wanted.choice)
            yield Chapter(exhibit, exhibit.tables, exhibit.notes)
        if name == "completeness":
            yield _completeness(frame)
            continue
        exhibit = EXHIBITS[name](frame.cohort, frame.wanted.choice)
        notes = tuple(note for note in exhibit.notes if note not in told)
        tables = tuple(_printed(exhibit, frame.wanted))
        yield Chapter(exhibit, tables, notes, wide=name in _WIDE)


def _completeness(frame: Frame) -> Chapter:
    cohort = frame.cohort
    from aml_maint.reports.figures.patient_tables import completeness_by_fact

    exhibit = completeness_by_fact(
        cohort.completeness, len(cohort.members), cohort.today,
        named=frame.wanted.listing is not Listing.NONE,
    )  # fmt: skip
    return Chapter(exhibit, exhibit.tables, exhibit.notes)


def _printed(exhibit: Exhibit, wanted: ReportChoice) -> Iterator[Values]:
    """What a picture shows line by line needs no table beside it, nor do the steps of a curve."""
    for values in exhibit.tables:
        if exhibit.id in _SHOWN or values.id == "steps":
            continue
        if values.id != "left_out" or wanted.listing is not Listing.NONE:
            yield values


def _outcomes(found: Cohort, choice: Choice) -> Exhibit:
    from aml_maint.reports.figures.outcomes_table import outcomes_exhibit

    outcomes = [found.outcome(one, choice.counting, choice.grouping) for one in Endpoint]
    return outcomes_exhibit(
        outcomes, choice.months, len(found.members), found.today, found.regimen_names
    )


def _facts(frame: Frame) -> Iterator[tuple[Message, Message]]:
    cohort, wanted = frame.cohort, frame.wanted
    counting = wanted.choice.counting
    n, of = len(cohort.members), len(cohort.everyone)
    yield say("cohort_report.patients"), say("cohort_page.count", n=n, of=of)
    parts = patient_parts(cohort)
    whom = say("cohort_report.parts", parts=parts) if parts else say("cohort_report.everyone")
    yield say("cohort_report.filters"), whom
    cut = say("cohort_report.no_cut_off", day=cohort.today)
    if counting.cut_off is not None:
        cut = say("cohort_report.cut_off", day=counting.cut_off)
    yield say("cohort_page.cut_off"), cut
    yield say("cohort_page.grouping"), say(f"cohort_page.split.{wanted.choice.grouping.value}")
    ends = "censored" if counting.censor_at_transplant else "not_censored"
    yield say("cohort_report.transplant"), say(f"cohort_report.transplant.{ends}")
    yield say("cohort_report.named"), say(f"cohort_report.named.{wanted.listing.value}")


def _warnings(found: Cohort, wanted: ReportChoice) -> Iterator[Message]:
    """Small numbers first; then what is mixed, left out or missing."""
    from aml_maint.domain.survival import FEW

    n, choice = len(found.members), wanted.choice
    if 0 < n < FEW:
        point = f"{100 / n:.1f}"
        yield say("cohort_report.few", n=n, few=FEW, point=point)
    for endpoint in (Endpoint.OS, wanted.relapse_free):
        outcome = found.outcome(endpoint, choice.counting, choice.grouping)
        name = say(f"endpoint.{endpoint.value}")
        yield say("cohort_report.events", name=name, events=outcome.events, n=outcome.n)
        if outcome.left_out:
            yield say("cohort_report.left_out", name=name, n=len(outcome.left_out))
    if choice.grouping is not Grouping.NONE:
        sizes = [len(group) for group in grouped(found.members, choice.grouping).values()]
        if sizes and min(sizes) < FEW:
            yield say("table_1.few", n=min(sizes))
    if found.is_mixed:
        yield say("figure.mixed")
    missing = sum(n - one.known for one in found.completeness)
    if missing:
        yield say("cohort_report.missing", missing=missing, of=n * len(found.completeness))


def _methods(wanted: ReportChoice) -> Iterator[Message]:
    yield say("cohort_report.method.survival")
    yield say("cohort_report.method.follow_up")
    yield say("cohort_report.method.shares")
    yield say("cohort_report.method.cut_off")
    if wanted.choice.grouping is not Grouping.NONE:
        yield say("table_1.tests")
    yield say("cohort_report.method.names")
    yield say("cohort_report.method.missing")
