"""`report --of cohort`: the figures and tables of a cohort as one PDF."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from uuid import uuid4

from aml_maint.cli import seat, values
from aml_maint.cli.cohort_options import add_cohort_options, chosen
from aml_maint.cli.command import Answer
from aml_maint.cli.progress import Interrupted, steps_told, stop_asked
from aml_maint.domain.endpoints import Endpoint
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.outcome_words import USUAL_MONTHS
from aml_maint.services.cohort import cohort
from aml_maint.services.cohort_figures import Choice
from aml_maint.services.cohort_report import (
    Listing,
    ReportChoice,
    is_noted,
    note_report,
    report_frame,
    report_pdf,
)
from aml_maint.services.saving import save_document

# What says nothing of a report of another kind.
ITS_OWN = (
    "study", "regimen", "risk", "status", "last_known", "sorafenib", "cut_off",
    "censor_transplant", "at", "rfs", "identified", "counts_only",
)  # fmt: skip


def add_cohort_report_options(parser: ArgumentParser) -> None:
    """Declare those of a cohort's report."""
    heading = "cli.help.report_cohort"
    group = add_cohort_options(
        parser, heading, since="cli.help.report_from", until="cli.help.report_until"
    )
    add = group.add_argument
    add("--at", nargs="+", action="extend", metavar="N", help="cli.help.cohort_at")
    add("--rfs", metavar="WORD", help="cli.help.report_rfs")
    add("--identified", action="store_true", help="cli.help.figures_identified")
    add("--counts-only", action="store_true", help="cli.help.counts_only")


def cohort_report(options: Namespace) -> Answer:
    """Make it and write it whole; Ctrl-C ends it before it is written."""
    wanted, counting, grouping = chosen(options)
    months = tuple(values.whole(text, "at") for text in options.at or ()) or USUAL_MONTHS
    choice = ReportChoice(
        Choice(counting, grouping, months), _relapse_free(options), _listing(options), options.lang
    )
    out = Path(options.out)
    with seat.ward(options) as place:
        found = cohort(place, wanted, counting.cut_off)
        if not found.members:
            raise BadInput(say("cohort_report.nobody"), hint=say("cohort_report.nobody.hint"))
        frame = report_frame(place, found, choice)
        with stop_asked() as stopped:
            pdf = report_pdf(frame, steps_told(options, "cohort_report.drawing"), stopped)
        if pdf is None:
            raise Interrupted(say("cohort_report.stopped"))
        if is_noted(found, frame):
            note_report(place, found, frame, uuid4())
        save_document(out, pdf)
    data = {
        "report": str(out),
        "n": len(found.members),
        "language": options.lang,
        "patients": choice.listing,
        "cut_off": counting.cut_off,
        "size": len(pdf),
    }
    return Answer(data, lambda words: [words.text("cli.report_written", file=str(out))])


def _relapse_free(options: Namespace) -> Endpoint:
    if options.rfs is None:
        return Endpoint.RFS_ANY
    found = values.word(options.rfs, Endpoint, "rfs")
    if not found.is_relapse_free:
        known = tuple(one.value for one in Endpoint if one.is_relapse_free)
        raise BadInput(say("import.not_a_choice", text=options.rfs, allowed=known), field="rfs")
    return found


def _listing(options: Namespace) -> Listing:
    if options.identified and options.counts_only:
        raise BadInput(say("cohort_report.both"), field="counts_only")
    if options.counts_only:
        return Listing.NONE
    return Listing.NUMBERS if options.identified else Listing.STUDY_IDS
