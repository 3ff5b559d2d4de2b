"""`assess-marrow`: what one marrow, or a course of them, means on the study's and ELN's terms."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable

from aml_maint.cli.command import Answer, Command
from aml_maint.cli.json_input import JsonObject, read_object
from aml_maint.domain.errors import BadInput
from aml_maint.domain.marrow import AspirateQuality, Assay, FlowResult, Morphology, Specimen, Tube
from aml_maint.domain.messages import Catalogue, say
from aml_maint.domain.mrd import MrdVerdict, Track, classify
from aml_maint.domain.mrd_course import CourseSample, MrdCourse, follow
from aml_maint.domain.response import Counts, MarrowVerdict, flags, judge
from aml_maint.domain.site import SiteSettings
from aml_maint.services.library import site_catalogue

_TUBES = {"heparin": Tube.HEPARIN, "edta": Tube.EDTA, "citrate": Tube.CITRATE}


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="cli.help.marrow_file")


def _assess(options: Namespace) -> Answer:
    found = read_object(options.file)
    if not found.has("samples"):
        verdict = _verdict(found)
        data = {**_sample(verdict), "events": []}
        return Answer(data, lambda words: _verdict_lines(words, verdict))
    return _course(found)


def _course(found: JsonObject) -> Answer:
    """A course: each sample in order of its day, the events, and where it stands now."""
    read = [(_day(sample), _key(sample), _verdict(sample)) for sample in found.objects("samples")]
    if not read:
        raise BadInput(say("cli.no_samples"), field="samples")
    read.sort(key=lambda one: one[:2])
    samples = [_course_sample(*one) for one in read]
    baseline = found.flag("baseline_mrd_positive")
    # No ward stands behind a file: its figures are the program's defaults.
    sustained = SiteSettings(site_catalogue()).days("mrd.sustained_after")
    study, eln = (follow(samples, baseline, track, sustained) for track in Track)
    data = {
        **_sample(read[-1][2]),
        "events": _events(study),
        "state": study.state,
        "repeat_by_day": study.repeat_by,
        "eln": {"events": _events(eln), "state": eln.state},
        "samples": [{"day": day, **_sample(verdict)} for day, _, verdict in read],
    }

    def lines(words: Catalogue) -> Iterable[str]:
        for day, _, verdict in read:
            yield words.text("response.day", day=day)
            yield from (f"  {line}" for line in _verdict_lines(words, verdict))
        for event in study.events:
            yield words.text(
                "cli.marrow.event",
                when=event.sample.label,
                event=say(f"course_event.{event.code.value}"),
                reason=event.reason,
            )
        yield words.text("cli.marrow.state", state=say(f"mrd_state.{study.state.value}"))

    return Answer(data, lines)


def _course_sample(day: int, key: str, verdict: MarrowVerdict) -> CourseSample:
    response = verdict.response
    label = say("response.day", day=day)
    return CourseSample(day, key, label, response.study, response.study_reason, verdict.mrd)


def _day(sample: JsonObject) -> int:
    day = sample.whole("day")
    if day is None:
        raise BadInput(say("import.missing_value"), field=f"{sample.path}day")
    return day


def _key(sample: JsonObject) -> str:
    """The same for the same sample wherever it stands in the list."""
    return json.dumps(sample.fields, sort_keys=True)


def _verdict(sample: JsonObject) -> MarrowVerdict:
    counts = Counts(
        sample.decimal("anc"),
        sample.decimal("platelets"),
        sample.flag("circulating_blasts"),
        sample.flag("extramedullary"),
    )
    adequate = sample.flag("morphology_adequate")
    quality = {
        None: AspirateQuality.NOT_STATED,
        True: AspirateQuality.ADEQUATE,
        False: AspirateQuality.INADEQUATE,
    }[adequate]
    haemodilute = bool(sample.flag("haemodilute"))
    morphology = Morphology(sample.decimal("blasts_percent"), quality)
    response = judge(morphology, counts)
    mrd, specimens = _flow(sample.object("fcm"), haemodilute)
    return MarrowVerdict(response, mrd, flags(response, mrd, morphology, specimens))


def _flow(
    fcm: JsonObject | None, haemodilute: bool
) -> tuple[MrdVerdict | None, tuple[Specimen, ...]]:
    if fcm is None:
        return None, ()
    flow = FlowResult(
        fcm.decimal("percent"),
        bool(fcm.flag("not_detected")),
        fcm.whole("events"),
        fcm.whole("age_hours"),
        fcm.decimal("limit_percent"),
    )
    named = (fcm.text("tube") or "").strip().casefold()
    tube = _TUBES.get(named, Tube.OTHER if named else Tube.NOT_STATED)
    specimen = Specimen("", Assay.FLOW, tube, result=flow)
    return classify(flow, haemodilute=haemodilute), (specimen,)


def _sample(verdict: MarrowVerdict) -> dict[str, object]:
    response, mrd = verdict.response, verdict.mrd
    return {
        "morphology": response.study,
        "fcm_protocol": mrd.study if mrd else None,
        "fcm_eln": mrd.eln if mrd else None,
        "response_eln": response.eln,
        "reasons": {
            "morphology": response.study_reason,
            "response_eln": response.eln_reason,
            "fcm_protocol": mrd.reason if mrd else None,
            "fcm_eln": mrd.eln_reason if mrd else None,
        },
        "flags": [{"code": f.flag, "message": f.message} for f in verdict.flags],
    }


def _events(course: MrdCourse) -> list[list[object]]:
    return [[event.day, event.code, event.reason] for event in course.events]


def _verdict_lines(words: Catalogue, verdict: MarrowVerdict) -> Iterable[str]:
    response, mrd = verdict.response, verdict.mrd
    study = response.study.value if response.study else "none"
    eln = response.eln.value if response.eln else "none"
    rows = [
        ("study", f"response.class.{study}", response.study_reason),
        ("eln", f"response.eln_class.{eln}", response.eln_reason),
    ]
    if mrd is not None:
        rows.append(("study", f"mrd_class.{mrd.study.value}", mrd.reason))
        rows.append(("eln", f"mrd_class.{mrd.eln.value}", mrd.eln_reason))
    for track, key, reason in rows:
        yield words.text(
            "cli.marrow.verdict", track=say(f"track.{track}"), verdict=say(key), reason=reason
        )
    for flagged in verdict.flags:
        yield words.text("cli.marrow.flag", told=flagged.message)


COMMANDS = {"assess-marrow": Command(_arguments, _assess)}
