"""`drugs`: the ward's own drugs and tablets entered, changed, ended."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.conftest import Call

ADD = (
    "drugs", "add", "ondansetron", "昂丹司琼", "--for", "nausea", "--for", "vomiting",
    "--hours-apart", "8", "--most", "24", "--most-doses", "3", "--why", "our antiemetic",
)  # fmt: skip
CODE = "site_ondansetron"


def drug(call: Call, code: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        one for one in call("drugs", "--json").json["drugs"] if one["drug"] == code
    )
    return found


def test_a_drug_of_the_ward_is_entered_changed_and_ended_with_reasons(
    call: Call, on_course: str
) -> None:
    added = call(*ADD, "--json")
    assert (added.code, added.json["drug"]) == (0, CODE)
    assert drug(call, CODE)["as_needed"] == {
        "indications": ["nausea", "vomiting"], "min_gap_minutes": 480, "most": 24, "most_doses": 3,
    }  # fmt: skip
    assert call("drugs", "change", CODE, "--most", "16", "--why", "new guideline").code == 0
    assert call("drugs", "end", CODE, "--why", "not bought").code == 0
    assert drug(call, CODE)["in_use"] is False
    refused = call("as-needed", "order", on_course, CODE, "--dose", "8", "--for", "nausea",
                   "--ordered-by", "Wu Min")  # fmt: skip
    assert refused.code != 0
    assert call("drugs", "resume", CODE, "--why", "bought again").code == 0
    told = drug(call, CODE)
    assert [one["reason"] for one in told["decisions"]] == [
        "bought again", "not bought", "new guideline", "our antiemetic",
    ]  # fmt: skip
    assert told["as_needed"]["most"] == 16 and told["in_use"] is True
    assert "昂丹司琼" in call("drugs", "--language", "zh").out


def test_tablets_of_the_ward_stand_beside_the_programs(call: Call, on_course: str) -> None:
    assert call("drugs", "tablets", "sorafenib", "50", "--why", "our pharmacy").code == 0
    assert [one["value"] for one in drug(call, "sorafenib")["strengths"]] == [200, 50]
    assert call("drugs", "tablets", "sorafenib", "--why", "used up").code == 0
    assert [one["value"] for one in drug(call, "sorafenib")["strengths"]] == [200]


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "ondansetron", "--why", "x"),
        ("add", "Paracetamol", "--for", "fever", "--why", "x"),
        ("add", "ondansetron", "--for", "nausea", "--unit", "mL", "--why", "x"),
        ("add", "ondansetron", "--for", "nausea", "--route", "nose", "--why", "x"),
        ("add", "ondansetron", "--for", "nausea", "--why", " "),
        ("change", "paracetamol", "--most", "3", "--why", "x"),
        ("tablets", "sorafenib", "200", "--why", "x"),
        ("tablets", "nothing", "200", "--why", "x"),
    ],
)
def test_what_can_not_be_meant_is_refused(
    call: Call, on_course: str, arguments: tuple[str, ...]
) -> None:
    assert call("drugs", *arguments).code == 3
