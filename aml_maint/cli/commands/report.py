"""`report`, `sign-report` and `check-report`: reports as PDF; those of a cycle signed, checked."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from aml_maint.cli import seat, values
from aml_maint.cli.batch import add_batch_options, batch
from aml_maint.cli.cohort_report import ITS_OWN, add_cohort_report_options, cohort_report
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.parser import WrongUse
from aml_maint.cli.saved import saved
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import DOCUMENT_LANGUAGES, Catalogue, Message, say
from aml_maint.domain.signed_report import change_text
from aml_maint.services import report_signing
from aml_maint.services.dossiers import course_summary, medication_list
from aml_maint.services.record_numbers import course_of
from aml_maint.services.report_signing import CheckedFile
from aml_maint.services.reporting import cycle_report_pdf
from aml_maint.services.saving import save_document

KINDS = ("cycle", "medicines", "course", "cohort")
# What may be said of each, beside what all of them take.
_FITTING = {
    "cycle": {"MRN", "--cycle", "--signed", "--lang both"},
    "medicines": {"MRN", "--of", "--cycle"},
    "course": {"MRN", "--of", "--cycle"},
    "batch": {"MRN", "--signed", "--lang both", "--ward", "--closed", "--from", "--until"},
    "cohort": {"--of", "--lang both", "--from", "--until", "--by"},
}

# No report of a cycle comes near it; a larger file need not be read to know that it is none.
_LARGEST = 16 * 1024 * 1024


def _arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("patient", nargs="?", metavar="MRN", help="cli.help.report_mrn")
    add("--cycle", metavar="N", help="cli.help.cycle")
    add("--out", required=True, metavar="PATH", help="cli.help.report_out")
    add("--of", choices=KINDS, default="cycle", help="cli.help.report_of")
    add("--signed", action="store_true", help="cli.help.signed")
    add("--lang", choices=DOCUMENT_LANGUAGES, help="cli.help.report_lang")
    add_batch_options(parser)
    add_cohort_report_options(parser)


def _report(options: Namespace) -> Answer:
    options.lang = options.lang or options.language
    _check_use(options)
    if options.batch:
        return batch(options)
    return cohort_report(options) if options.of == "cohort" else _one(options)


def _check_use(options: Namespace) -> None:
    """WrongUse for options that say nothing together."""
    kind = "batch" if options.batch else options.of
    own = {f"--{name.replace('_', '-')}": getattr(options, name) for name in ITS_OWN}
    given = {
        "MRN": options.patient,
        "--of": options.of != "cycle",
        "--cycle": options.cycle,
        "--signed": options.signed,
        "--lang both": options.lang == "both",
        "--ward": options.ward,
        "--closed": options.closed,
        "--from": options.started_from,
        "--until": options.started_until,
        "--by": options.by != "none",
        **own,
    }
    for name, value in given.items():
        if value and name not in _FITTING[kind] and not (kind == "cohort" and name in own):
            key = "cli.report.not_in_batch" if options.batch else "cli.report.not_here"
            raise WrongUse(say(key, option=name))
    if options.patient is None and kind not in {"batch", "cohort"}:
        raise WrongUse(say("cli.wrong_use.missing", what="MRN"))


def _one(options: Namespace) -> Answer:
    cycle = None if options.cycle is None else values.whole(options.cycle, "cycle")
    out = Path(options.out)
    with seat.ward(options) as place:
        course = course_of(place, options.patient)
        number = cycle or len(course.cycles)
        if options.of != "cycle":
            make = medication_list if options.of == "medicines" else course_summary
            of = course.patient_id if options.of == "medicines" else course.id
            pdf = make(place, of, options.lang).content
        elif options.signed:
            report = report_signing.course_standings(place, course.id)[number - 1].signed
            if report is None:
                raise BadInput(say("signing.not_signed", cycle=number), field="cycle")
            _, _, pdf = report_signing.give_copy(place, report.id, options.lang)
        else:
            pdf = cycle_report_pdf(place, course.id, cycle, options.lang)
    save_document(out, pdf)
    data = {
        "report": str(out),
        "cycle": number,
        "signed": bool(options.signed),
        "language": options.lang,
        "size": len(pdf),
    }
    return Answer(data, lambda words: [words.text("cli.report_written", file=str(out))])


def _sign_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("patient", metavar="MRN", help="cli.help.mrn")
    parser.add_argument("--cycle", required=True, metavar="N", help="cli.help.cycle")
    parser.add_argument("--reason", default="", metavar="TEXT", help="cli.help.sign_reason")


def _sign(options: Namespace) -> Answer:
    cycle = values.whole(options.cycle, "cycle")
    with seat.ward(options) as place:
        course = course_of(place, options.patient)
        secret = "" if place.is_demo else seat.existing_passphrase(options, place.store.path)
        changes = report_signing.sign_report(place, course.id, cycle, secret, options.reason)
    return saved(changes, say("command.sign_report"))


def _check_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="cli.help.check_file")


def _check(options: Namespace) -> Answer:
    document = values.content(options.file, _LARGEST)
    with seat.ward(options) as place:
        found = report_signing.check_report(place, document)
    if found is None:
        problem = BadInput(say("signing.check.unknown"), field="file")
        return Answer({"signed": False}, lambda words: [], problem=problem)
    return Answer(_data(found), lambda words: _lines(found, words))


def _data(found: CheckedFile) -> dict[str, object]:
    signature = found.report.signature
    return {
        "signed": True,
        "cycle": found.report.cycle,
        "edition": signature.edition,
        "newest_edition": found.newest,
        "signed_by": signature.name,
        "signed_at": signature.at.local,
        "entry": found.report.sequence,
        "stands": not found.changes and found.newest == signature.edition,
        "changes": [
            {
                "fact": change.fact.id,
                "signed": change.before.code if change.before else None,
                "now": change.after.code if change.after else None,
            }
            for change in found.changes
        ],
    }


def _lines(found: CheckedFile, words: Catalogue) -> list[str]:
    signature = found.report.signature
    told: dict[str, object] = {
        "cycle": found.report.cycle,
        "edition": signature.edition,
        "by": signature.name,
        "role": say(f"role.{signature.role}"),
        "at": signature.at.local,
    }
    lines = [words.text(Message("signing.check.copy", told))]
    if found.newest > signature.edition:
        lines.append(words.text("signing.check.replaced", newest=found.newest))
    if not found.changes:
        return [*lines, words.text("signing.check.stands")]
    lines.append(words.text("signing.check.superseded", count=len(found.changes)))
    changed = (words.text(change_text(change, words.language)) for change in found.changes)
    return [*lines, *(f"  {text}" for text in changed)]


COMMANDS = {
    "report": Command(_arguments, _report),
    "sign-report": Command(_sign_arguments, _sign),
    "check-report": Command(_check_arguments, _check),
}
