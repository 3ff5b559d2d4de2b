"""Who may do what, command by command and role by role; nothing else is allowed."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import aml_maint
from aml_maint.domain.command import Actor, Role
from aml_maint.domain.errors import Refused
from aml_maint.domain.messages import LANGUAGES, Language
from aml_maint.domain.roles import MATRIX, may
from aml_maint.services.language import catalogue
from aml_maint.services.workplace import Workplace
from aml_maint.store import audit
from aml_maint.store.database import Store
from tests.builders import a_ward
from tests.store.rows import PASSPHRASE

N, P, C, A = Role.NURSE, Role.PHYSICIAN, Role.COORDINATOR, Role.ADMINISTRATOR

# What the ward's rules stand or fall with. The whole table is in the program.
DECIDED = [
    ("log_dose", {N, P}),
    ("correct_dose", {N, P}),
    ("record_counts", {N, P}),
    ("override_rule", {P}),
    ("log_unplanned", {N, P}),
    ("order_as_needed", {P}),
    ("start_course", {P}),
    ("hold_component", {P}),
    ("set_dose", {P}),
    ("shift_doses", {P}),
    ("end_course", {P}),
    ("import_cohort", {P, C}),
    ("add_account", {A}),
    ("make_recovery_key", {A}),
    ("change_passphrase", set(Role)),
]


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    return a_ward(Store.create(tmp_path / "ward.amldb", PASSPHRASE, "ward", durable=False))


@pytest.mark.parametrize(("action", "roles"), DECIDED)
def test_a_command_is_for_these_roles_and_no_other(action: str, roles: set[Role]) -> None:
    assert {role for role in Role if may(action, [role]) is role} == roles


def test_a_decision_about_therapy_is_never_a_nurses_alone() -> None:
    decisions = [action for action, roles in MATRIX.items() if roles == frozenset({P})]
    assert "hold_component" in decisions
    assert not [action for action in decisions if may(action, [N]) is not None]


def test_who_may_only_read_writes_nothing_of_a_patient() -> None:
    allowed = {action for action in MATRIX if may(action, [Role.READER])}
    assert allowed == {"sign_in", "change_passphrase"}


def test_a_command_that_is_not_in_the_table_nobody_may_do() -> None:
    with pytest.raises(KeyError):
        may("prescribe", list(Role))


def test_the_table_holds_no_command_that_no_longer_exists() -> None:
    package = Path(aml_maint.__file__).parent
    files = [*(package / "services").glob("*.py"), package / "bootstrap.py"]
    named = {
        node.value
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(MATRIX) - named == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_has_a_name_for_people(language: Language) -> None:
    """In commands.en.toml and commands.zh.toml."""
    texts = catalogue(language).templates
    assert [action for action in MATRIX if f"command.{action}" not in texts] == []


def test_every_role_is_refused_everything_else_and_each_attempt_is_recorded(
    place: Workplace,
) -> None:
    """The table, all of it, against the only door by which services write."""
    with place.store as store:
        for role in Role:
            desk = place.acting_as(Actor("Li Na", role, "pc"))
            for action, allowed in MATRIX.items():
                before = store.head().sequence
                if role in allowed:
                    assert desk.expect_allowed(action) is role
                    assert store.head().sequence == before
                    continue
                with pytest.raises(Refused) as refused:
                    desk.expect_allowed(action)
                assert refused.value.message == desk.why_not(action)
                event = audit.event(store, before + 1)
                assert event is not None
                assert event.command.action == "refused"
                assert event.command.actor.role is role
                assert event.note == {"action": action}


def test_somebody_with_two_roles_acts_in_the_one_that_may() -> None:
    both = Actor("Wu Min", A, "pc", (P,))
    assert may("hold_component", both.roles) is P
    assert both.acting_in(P).roles == (P, A)
