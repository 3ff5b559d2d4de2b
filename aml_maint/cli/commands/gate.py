"""`gate`: may a component be given at this laboratory value, from the regimen's rule alone."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from aml_maint.cli import values
from aml_maint.cli.command import Answer, Command
from aml_maint.domain.errors import BadInput
from aml_maint.domain.gate import evaluate
from aml_maint.domain.labs import LabResult
from aml_maint.domain.messages import say
from aml_maint.domain.quantities import LabValue, dimension
from aml_maint.domain.regimen import GateRule
from aml_maint.services import library

DEFAULT_REGIMEN = "sorafenib_iti"


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("component", metavar="COMPONENT", help="cli.help.component")
    parser.add_argument("--value", required=True, metavar="V", help="cli.help.value")
    parser.add_argument("--unit", required=True, metavar="U", help="cli.help.unit")
    parser.add_argument("--collected", required=True, metavar="ISO", help="cli.help.collected")
    parser.add_argument("--at", required=True, metavar="ISO", help="cli.help.at")
    parser.add_argument(
        "--regimen", default=DEFAULT_REGIMEN, metavar="REGIMEN", help="cli.help.regimen"
    )
    parser.add_argument("--zone", metavar="ZONE", help="cli.help.zone")


def _gate(options: Namespace) -> Answer:
    zone = values.zone(options.zone)
    value = LabValue.parse(options.value, options.unit)
    rule = _rule(options.regimen, options.component, value)
    collected = values.moment(options.collected, zone, "collected")
    at = values.moment(options.at, zone, "at")
    if collected.utc > at.utc:
        raise BadInput(say("cli.collected_later"), field="collected")
    result = LabResult("", "", rule.analyte, value, collected)
    verdict = evaluate(rule, [result], at.utc)
    data = {
        "verdict": verdict.state,
        "reason": verdict.reason,
        "source": verdict.source,
        "warning": verdict.warning,
        "rule": rule.id,
        "analyte": rule.analyte,
    }
    return Answer(
        data,
        lambda words: [
            words.text(f"cli.gate.{verdict.state.value}"),
            words.text(verdict.reason),
            *([words.text(verdict.warning)] if verdict.warning is not None else []),
            words.text("cli.source", source=verdict.founded_on.title),
        ],
    )


def _rule(regimen_id: str, component_id: str, value: LabValue) -> GateRule:
    """The rule of a component that such a value can answer, one in force before one that is off."""
    regimen = library.regimen(regimen_id)
    gated = {c.id: c.gates for c in regimen.components if c.gates}
    if component_id not in {component.id for component in regimen.components}:
        known = tuple(component.id for component in regimen.components)
        raise BadInput(
            say("error.unknown_component", component=component_id),
            hint=say("record.known_components", known=known),
            field="component",
        )
    if component_id not in gated:
        raise BadInput(
            say("cli.no_gate", component=component_id),
            hint=say("cli.no_gate.hint", known=tuple(gated)) if gated else None,
            field="component",
        )
    rules = sorted(gated[component_id], key=lambda rule: not rule.active)
    fitting = [rule for rule in rules if dimension(rule.unit) == dimension(value.unit)]
    return (fitting or rules)[0]


COMMANDS = {"gate": Command(_arguments, _gate)}
