"""`findings`, `findings dismiss` and `findings restore`: what needs attention, and what doesn't."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from uuid import UUID

from aml_maint.cli import seat
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.saved import once, saved
from aml_maint.domain.errors import BadInput
from aml_maint.domain.findings import Finding
from aml_maint.domain.messages import Catalogue, say
from aml_maint.services.changes import Changes
from aml_maint.services.findings import (
    PatientFindings,
    dismiss_finding,
    patient_findings,
    restore_finding,
    ward_findings,
)
from aml_maint.services.record_numbers import patient_of


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("patient", metavar="MRN", nargs="?", help="cli.help.findings_mrn")


def _findings(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        if options.patient is None:
            found: Sequence[PatientFindings] = ward_findings(place)
        else:
            found = [patient_findings(place, patient_of(place, options.patient).id)]
        now = place.clock.now()
    data = {"now": now.local, "patients": [_patient(one) for one in found]}
    return Answer(data, lambda words: _lines(words, found))


def _patient(found: PatientFindings) -> dict[str, object]:
    return {
        "mrn": found.patient.mrn,
        "family_name": found.patient.family_name,
        "given_name": found.patient.given_name,
        "findings": [_finding(finding) for finding in found.open],
        "set_aside": [
            {
                **_finding(aside.finding),
                "reason": aside.dismissal.reason,
                "by": aside.dismissal.by,
                "role": aside.dismissal.role,
                "at": aside.dismissal.at.local,
            }
            for aside in found.set_aside
        ],
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "key": finding.key,
        "kind": finding.kind,
        "severity": finding.severity,
        "subject": finding.subject,
        "why": finding.why,
        "source": finding.source,
        "action": finding.action,
        "date": finding.day,
        "slots": [str(slot) for slot in finding.slots],
        "facts": finding.digest,
    }


def _lines(words: Catalogue, found: Sequence[PatientFindings]) -> Iterable[str]:
    if not any(one.open or one.set_aside for one in found):
        yield words.text("cli.findings.none")
        return
    for one in found:
        yield words.text("cli.findings.patient", mrn=one.patient.mrn, name=one.patient.full_name)
        for finding in one.open:
            severity = say(f"finding.severity.{finding.severity.value}")
            yield words.text("cli.findings.one", severity=severity, why=finding.why)
            yield words.text("cli.findings.source", source=finding.source, finding=finding.key)
        for aside in one.set_aside:
            told = aside.dismissal
            yield words.text(
                "cli.findings.set_aside", why=aside.finding.why, by=told.by,
                at=told.at.local, reason=told.reason,
            )  # fmt: skip


def _one_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("patient", metavar="MRN", help="cli.help.mrn")
    add("key", metavar="KEY", help="cli.help.finding_key")
    add("--command-id", metavar="UUID", help="cli.help.command_id")


def _dismiss_arguments(parser: ArgumentParser) -> None:
    _one_arguments(parser)
    parser.add_argument("--why", required=True, metavar="TEXT", help="cli.help.why_dismissed")


def _dismiss(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        patient = patient_of(place, options.patient)
        changes = once(
            options,
            place,
            "dismiss_finding",
            lambda id: dismiss_finding(place, patient.id, options.key, options.why, command_id=id),
        )
    return saved(changes, say("cli.dismissed", finding=options.key), key=options.key)


def _restore(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        patient = patient_of(place, options.patient)

        def restore(command_id: UUID | None) -> Changes:
            found = patient_findings(place, patient.id)
            for aside in found.set_aside:
                if aside.finding.key == options.key:
                    return restore_finding(place, aside.dismissal.id, command_id)
            known = tuple(aside.finding.key for aside in found.set_aside)
            raise BadInput(
                say("cli.not_dismissed", finding=options.key),
                hint=say("cli.not_dismissed.hint", known=known) if known else None,
                field="key",
            )

        changes = once(options, place, "restore_finding", restore)
    return saved(changes, say("cli.brought_back", finding=options.key), key=options.key)


COMMANDS = {
    "findings": Command(_arguments, _findings),
    "findings dismiss": Command(_dismiss_arguments, _dismiss),
    "findings restore": Command(_one_arguments, _restore),
}
