"""Who may do what: one table of commands and roles.

Services ask it before every write, whatever a screen offers; what is not in the table nobody may
do. The program advises and records; decisions about therapy are a physician's.
"""

from __future__ import annotations

from collections.abc import Iterable

from aml_maint.domain.command import Role

_N, _P, _C, _A = Role.NURSE, Role.PHYSICIAN, Role.COORDINATOR, Role.ADMINISTRATOR

_WARD = frozenset({_N, _P})
_DECISION = frozenset({_P})
_RECORDS = frozenset({_N, _P, _C})
_OFFICE = frozenset({_P, _C})
_ADMIN = frozenset({_A})
_ANYBODY = frozenset(Role)

MATRIX: dict[str, frozenset[Role]] = {
    # At the bedside
    "log_dose": _WARD,
    "log_doses": _WARD,
    "correct_dose": _WARD,
    "undo_dose": _WARD,
    "log_unplanned": _WARD,
    "record_supply": _RECORDS,
    "withdraw_supply": _RECORDS,
    "correct_unplanned": _WARD,
    "record_counts": _WARD,
    "withdraw_count": _WARD,
    "record_pregnancy_test": _WARD,
    "withdraw_pregnancy_test": _WARD,
    # A study's coordinator may complete an event; a physician judges and signs it.
    "record_toxicity": _RECORDS,
    "revise_toxicity": _RECORDS,
    "withdraw_toxicity": _RECORDS,
    "record_assessment": _WARD,
    "correct_assessment": _WARD,
    "withdraw_assessment": _WARD,
    "record_site_reaction": _WARD,
    "end_site_reaction": _WARD,
    "withdraw_site_reaction": _WARD,
    "change_care_list": _WARD,
    # Records that an office keeps, too
    "admit_patient": _RECORDS,
    "record_marrow": _RECORDS,
    "record_specimen": _RECORDS,
    "correct_marrow": _OFFICE,
    "withdraw_marrow": _OFFICE,
    "record_diagnosis": _OFFICE,
    "record_therapy": _OFFICE,
    "withdraw_therapy": _OFFICE,
    "record_contact": _RECORDS,
    "withdraw_contact": _OFFICE,
    "record_disease_event": _OFFICE,
    "withdraw_disease_event": _OFFICE,
    "import_cohort": _OFFICE,
    "import_bundle": _OFFICE,
    "export_research_data": _OFFICE,
    "export_identified_data": _OFFICE,
    "salvage_ward": frozenset({_P, _C, _A}),
    "copy_report": _RECORDS,
    "dismiss_finding": _RECORDS,
    "restore_finding": _RECORDS,
    "record_labs": _RECORDS,
    "import_labs": _RECORDS,
    "add_laboratory": frozenset({_P, _C, _A}),
    "set_reference_limit": frozenset({_P, _C, _A}),
    "withdraw_reference_limit": frozenset({_P, _C, _A}),
    # Decisions about therapy
    "start_course": _DECISION,
    "start_cycle": _DECISION,
    "hold_component": _DECISION,
    "resume_component": _DECISION,
    "set_dose": _DECISION,
    "review_response": _DECISION,
    "set_clock_time": _DECISION,
    "state_childbearing": _DECISION,
    "order_as_needed": _DECISION,
    "stop_as_needed": _DECISION,
    "end_course": _DECISION,
    "shift_doses": _DECISION,
    "omit_doses": _DECISION,
    "delay_cycle": _DECISION,
    "change_regimen": _DECISION,
    "undo_change": _DECISION,
    "override_rule": _DECISION,
    "sign_toxicities": _DECISION,
    "sign_report": _DECISION,
    # What the ward does where the paper leaves it open
    "accept_settings": frozenset({_P, _A}),
    "change_settings": frozenset({_P, _A}),
    "add_site_drug": frozenset({_P, _A}),
    "change_site_drug": frozenset({_P, _A}),
    "set_site_strengths": frozenset({_P, _A}),
    # The ward's file and its people
    "create_ward": _ADMIN,
    "add_account": _ADMIN,
    "change_account": _ADMIN,
    "retire_account": _ADMIN,
    "reset_passphrase": _ADMIN,
    "make_recovery_key": _ADMIN,
    "restore_ward": _ADMIN,
    "change_passphrase": _ANYBODY,
    "sign_in": _ANYBODY,
}


def may(action: str, roles: Iterable[Role]) -> Role | None:
    """The role in which somebody with these roles may do it, the first one that may; else None.

    KeyError for a command that is not in the table: it has to be decided first.
    """
    if action not in MATRIX:
        raise KeyError(f"say in domain/roles.py who may do {action}")
    return next((role for role in roles if role in MATRIX[action]), None)
