"""`assess`: a safety assessment before or after a cycle, or at a visit."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from aml_maint.cli import seat, values
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.saved import once, saved
from aml_maint.domain.assessment import Assessment, AssessmentKind, Finding
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.toxicity import find_item
from aml_maint.services.assessments import questions, record_assessment
from aml_maint.services.library import toxicity_items
from aml_maint.services.record_numbers import course_of

_NOT_EVALUATED = frozenset({"-", "–", "ne"})


def _arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("patient", metavar="MRN", help="cli.help.mrn")
    add("kind", metavar="KIND", help="cli.help.assessment_kind")
    add("findings", metavar="TERM=GRADE", nargs="*", help="cli.help.assessment_findings")
    add("--cycle", metavar="N", help="cli.help.assessment_cycle")
    add("--on", metavar="YYYY-MM-DD", help="cli.help.assessment_on")
    add("--rest-none", action="store_true", help="cli.help.rest_none")
    add("--command-id", metavar="UUID", help="cli.help.command_id")


def _assess(options: Namespace) -> Answer:
    kind = values.word(options.kind, AssessmentKind, "kind")
    findings = {finding.term: finding for finding in map(_finding, options.findings)}
    with seat.ward(options) as place:
        course = course_of(place, options.patient)
        cycle = _cycle(options.cycle, kind, len(course.cycles))
        on = values.optional_day(options.on, "on") or place.clock.now().day_in(course.zone)
        if options.rest_none:
            for question in questions(place, course.id, cycle, kind, on).questions:
                findings.setdefault(question.item.id, Finding(question.item.id, 0))
        made = Assessment(
            "", course.patient_id, course.id, cycle, kind, on, tuple(findings.values())
        )
        changes = once(
            options, place, "record_assessment", lambda id: record_assessment(place, made, id)
        )
    told = say("cli.assessed", kind=say(f"assessment.kind.{kind.value}", cycle=cycle), day=on)
    return saved(changes, told, cycle=cycle, terms=len(made.findings))


def _cycle(text: str | None, kind: AssessmentKind, running: int) -> int:
    """The cycle named; the running one, or the next for an assessment before a cycle."""
    if text is not None:
        return values.whole(text, "cycle")
    return running + 1 if kind is AssessmentKind.BEFORE else running


def _finding(text: str) -> Finding:
    """`rash=1`, or `rash=-` for "not evaluated"; BadInput for anything else."""
    term, equals, answer = text.partition("=")
    if not equals:
        raise BadInput(say("cli.not_a_finding", text=text), field="findings")
    item = find_item(toxicity_items(), term)
    if answer.strip().casefold() in _NOT_EVALUATED:
        return Finding(item.id, None)
    return Finding(item.id, values.whole(answer.strip(), "findings"))


COMMANDS = {"assess": Command(_arguments, _assess)}
