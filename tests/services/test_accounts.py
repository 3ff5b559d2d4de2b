"""People come, go and change; each opens the file by their own passphrase, in their own roles."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from aml_maint import bootstrap
from aml_maint.domain.account import Account
from aml_maint.domain.command import Role
from aml_maint.domain.errors import BadInput, Refused, StorageProblem, UserError
from aml_maint.services import accounts, sign_in, trust
from aml_maint.services.clock import SetClock
from aml_maint.services.workplace import Workplace
from aml_maint.store import audit, engine, key_slots
from aml_maint.store.key_slots import Cost, WrongPassphrase
from tests.builders import moment

OWN = "velvet otters at noon"
HERS = "nine quiet harbours"
NEW = "a lantern under snow"
NOW = "2026-03-02T07:05"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_slots, "COST", Cost(1, 8, 1))
    monkeypatch.setattr(engine, "KDF_ITERATIONS", 1_000)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(moment(NOW))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ward.amldb"


@pytest.fixture
def place(path: Path, clock: SetClock) -> Iterator[Workplace]:
    """A new ward whose maker, Wu Min, sits at it."""
    with bootstrap.create_ward(path, OWN, clock, name="Wu Min").store as store:
        (account,) = accounts.accounts_of(Workplace(store, clock, bootstrap.local_actor(), "UTC"))
        yield Workplace(store, clock, account.actor("pc"), "Asia/Shanghai")


def opened(path: Path, name: str | None, passphrase: str, clock: SetClock) -> Workplace:
    """The ward opened and closed again."""
    place = bootstrap.open_ward(path, passphrase, clock, name=name)
    place.close()
    return place


def account(place: Workplace, name: str) -> Account:
    """The account of a name."""
    found = accounts.account_of(place, name)
    assert found is not None
    return found


def failing(path: Path, name: str, clock: SetClock, times: int) -> None:
    """Try a wrong passphrase some times."""
    for _ in range(times):
        with pytest.raises(WrongPassphrase):
            opened(path, name, "not the passphrase", clock)


def test_who_makes_a_ward_has_every_role_but_read_only(place: Workplace) -> None:
    (maker,) = accounts.accounts_of(place)
    assert maker.name == "Wu Min"
    assert set(maker.roles) == set(Role) - {Role.READER}


def test_the_only_person_need_not_say_who_they_are(
    place: Workplace, path: Path, clock: SetClock
) -> None:
    place.close()
    assert opened(path, None, OWN, clock).actor.name == "Wu Min"


def test_where_several_have_accounts_a_name_is_needed(
    place: Workplace, path: Path, clock: SetClock
) -> None:
    accounts.add_account(place, "Li Na", [Role.NURSE], HERS)
    place.close()
    with pytest.raises(StorageProblem) as problem:
        opened(path, None, HERS, clock)
    assert problem.value.field == "name"
    assert sign_in.people_of(path) == ("Li Na", "Wu Min")


def test_a_second_person_signs_in_with_their_own_passphrase_and_role(
    place: Workplace, path: Path, clock: SetClock
) -> None:
    accounts.add_account(place, "Li  Na", [Role.NURSE], HERS)
    place.close()
    actor = opened(path, "li na", HERS, clock).actor
    assert (actor.name, actor.roles) == ("Li Na", (Role.NURSE,))
    with pytest.raises(WrongPassphrase):
        opened(path, "Li Na", OWN, clock)


@pytest.mark.parametrize(
    ("name", "roles", "secret", "field"),
    [
        ("wu min", [Role.NURSE], HERS, "name"),
        ("  ", [Role.NURSE], HERS, "name"),
        ("x" * 81, [Role.NURSE], HERS, "name"),
        ("Li\nNa\x00", [Role.NURSE], HERS, "name"),
        ("Li Na", [], HERS, "roles"),
        ("Li Na", [Role.NURSE], "short", "passphrase"),
        ("Li Na", [Role.NURSE], "Li Na Li Na Li Na", "passphrase"),
    ],
)
def test_an_account_that_can_not_be_is_refused_beside_its_field(
    place: Workplace, path: Path, name: str, roles: list[Role], secret: str, field: str
) -> None:
    before = key_slots.read(path)
    with pytest.raises(BadInput) as refused:
        accounts.add_account(place, name, roles, secret)
    assert refused.value.field == field
    assert key_slots.read(path) == before


def test_a_nurse_can_not_make_accounts_and_the_attempt_is_recorded(place: Workplace) -> None:
    accounts.add_account(place, "Li Na", [Role.NURSE], HERS)
    nurse = place.acting_as(account(place, "Li Na").actor("pc"))
    with pytest.raises(Refused) as refused:
        accounts.add_account(nurse, "Qian Yi", [Role.PHYSICIAN], NEW)
    assert refused.value.message.key == "error.role"
    event = audit.event(place.store, place.store.head().sequence)
    assert event is not None
    assert (event.command.action, event.command.actor.name) == ("refused", "Li Na")
    assert event.note == {"action": "add_account"}
    assert accounts.account_of(place, "Qian Yi") is None


def test_a_command_sent_again_makes_no_second_account(place: Workplace) -> None:
    first = accounts.add_account(place, "Li Na", [Role.NURSE], HERS)
    again = accounts.add_account(place, "Li Na", [Role.NURSE], HERS, first.command_id)
    assert again.replayed
    assert len(accounts.accounts_of(place)) == 2


def test_roles_change_with_a_reason_and_count_from_the_next_sign_in(
    place: Workplace, path: Path, clock: SetClock
) -> None:
    accounts.add_account(place, "Li Na", [Role.NURSE], HERS)
    with pytest.raises(BadInput):
        accounts.change_roles(place, account(place, "Li Na").id, [Role.READER], " ")
    accounts.change_roles(place, account(place, "Li Na").id, [Role.READER], "left the ward")
    place.close()
    assert opened(path, "Li Na", HERS, clock).actor.roles == (Role.READER,)


def test_the_last_administrator_can_neither_go_nor_step_down(place: Workplace) -> None:
    maker = account(place, "Wu Min")
    accounts.add_account(place, "Li Na", [Role.NURSE], HERS)
    with pytest.raises(Refused):
        accounts.retire_account(place, maker.id, "moves away")
    with pytest.raises(Refused):
        accounts.change_roles(place, maker.id, [Role.PHYSICIAN], "too much work")
    accounts.change_roles(place, account(place, "Li Na").id, [Role.ADMINISTRATOR], "takes over")
    accounts.retire_account(place, maker.id, "moves away")
    assert accounts.account_of(place, "Wu Min") is None


def test_who_left_opens_nothing_and_their_name_is_not_given_again(
    place: Workplace, path: Path, clock: SetClock
) -> None:
    accounts.add_account(place, "Li Na", [Role.NURSE], HERS)
    accounts.retire_account(place, account(place, "Li Na").id, "left the hospital")
    with pytest.raises(BadInput):
        accounts.add_account(place, "Li Na", [Role.NURSE], NEW)
    place.close()
    with pytest.raises(StorageProblem):
        opened(path, "Li Na", HERS, clock)


def test_a_slot_that_outlived_its_account_opens_nothing(
    place: Workplace, path: Path, clock: SetClock
) -> None:
    accounts.add_account(place, "Li Na", [Role.NURSE], HERS)
    before = key_slots.read(path)
    assert before is not None
    accounts.retire_account(place, account(place, "Li Na").id, "left the hospital")
    place.close()
    key_slots.write(path, before)
    with pytest.raises(Refused) as refused:
        opened(path, "Li Na", HERS, clock)
    assert refused.value.message.key == "accounts.ended"


def test_ones_own_passphrase_changes_only_with_the_old_one(
    place: Workplace, path: Path, clock: SetClock
) -> None:
    with pytest.raises(WrongPassphrase):
        accounts.change_passphrase(place, "something else", NEW)
    accounts.change_passphrase(place, OWN, NEW)
    place.close()
    assert opened(path, "Wu Min", NEW, clock).actor.name == "Wu Min"
    with pytest.raises(WrongPassphrase):
        opened(path, "Wu Min", OWN, clock)


def test_a_new_passphrase_leaves_the_ward_file_as_it_is_but_for_its_audit_event(
    place: Workplace,
) -> None:
    size = place.store.path.stat().st_size
    accounts.change_passphrase(place, OWN, NEW)
    assert place.store.path.stat().st_size == size
    assert trust.verify_ward(place).head.sequence == 2


def test_the_recovery_key_gives_an_administrator_a_new_passphrase(
    place: Workplace, path: Path, clock: SetClock
) -> None:
    accounts.add_account(place, "Li Na", [Role.NURSE], HERS)
    _, lost = accounts.make_recovery_key(place)
    _, printed = accounts.make_recovery_key(place)
    place.close()
    with pytest.raises(Refused):
        bootstrap.recover_ward(path, printed, "Li Na", NEW)
    with pytest.raises(WrongPassphrase):
        bootstrap.recover_ward(path, lost, "Wu Min", NEW)
    bootstrap.recover_ward(path, printed.lower().replace("-", " ").replace("0", "o"), "wu min", NEW)
    assert opened(path, "Wu Min", NEW, clock).actor.name == "Wu Min"
    with pytest.raises(WrongPassphrase):
        opened(path, "Wu Min", OWN, clock)


def test_without_a_recovery_key_there_is_no_recovery(place: Workplace, path: Path) -> None:
    place.close()
    with pytest.raises(StorageProblem) as problem:
        bootstrap.recover_ward(path, "anything", "Wu Min", NEW)
    assert problem.value.message.key == "keys.no_recovery"


# -- wrong tries ---------------------------------------------------------------------------------


def test_five_wrong_tries_are_free_and_the_sixth_waits_also_with_the_right_passphrase(
    place: Workplace, path: Path, clock: SetClock
) -> None:
    place.close()
    failing(path, "Wu Min", clock, 5)
    with pytest.raises(Refused) as refused:
        opened(path, "Wu Min", OWN, clock)
    assert refused.value.message.key == "keys.wait"
    clock.set(clock.now().local + timedelta(seconds=31))
    assert opened(path, "Wu Min", OWN, clock).actor.name == "Wu Min"


@pytest.mark.parametrize(("failures", "seconds"), [(5, 30), (6, 60), (7, 120), (9, 480), (40, 900)])
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(
    place: Workplace, path: Path, clock: SetClock, failures: int, seconds: int
) -> None:
    keys = key_slots.read(path)
    assert keys is not None
    failed = key_slots.replace(keys.slots[0], failures=failures, failed_at=clock.now().utc)
    until = sign_in.waits_until(failed)
    assert until == clock.now().utc + timedelta(seconds=seconds)


def test_wrong_tries_are_recorded_when_the_person_gets_in_and_then_forgotten(
    place: Workplace, path: Path, clock: SetClock
) -> None:
    place.close()
    failing(path, "Wu Min", clock, 3)
    with bootstrap.open_ward(path, OWN, clock).store as store:
        event = audit.event(store, store.head().sequence)
        assert event is not None
        assert (event.command.action, event.note) == ("sign_in", {"failed_before": 3})
    keys = key_slots.read(path)
    assert keys is not None
    assert keys.slots[0].failures == 0


def test_one_persons_wrong_tries_keep_nobody_else_out(
    place: Workplace, path: Path, clock: SetClock
) -> None:
    accounts.add_account(place, "Li Na", [Role.NURSE], HERS)
    place.close()
    failing(path, "Wu Min", clock, 6 - 1)
    assert opened(path, "Li Na", HERS, clock).actor.name == "Li Na"


def test_a_clock_set_back_a_day_locks_nobody_out_for_a_day(
    place: Workplace, path: Path, clock: SetClock
) -> None:
    place.close()
    failing(path, "Wu Min", clock, 5)
    clock.set(clock.now().local - timedelta(days=1))
    assert opened(path, "Wu Min", OWN, clock).actor.name == "Wu Min"


def test_a_cheaper_slot_is_locked_anew_at_todays_cost_when_its_owner_signs_in(
    place: Workplace, path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.close()
    monkeypatch.setattr(key_slots, "COST", Cost(2, 16, 1))
    opened(path, "Wu Min", OWN, clock)
    keys = key_slots.read(path)
    assert keys is not None
    assert keys.slots[0].cost == Cost(2, 16, 1)
    assert opened(path, "Wu Min", OWN, clock).actor.name == "Wu Min"


# -- the key file belongs to the ward file -------------------------------------------------------


def test_without_its_key_file_the_ward_file_opens_for_nobody(
    place: Workplace, path: Path, clock: SetClock
) -> None:
    place.close()
    key_slots.path_of(path).unlink()
    with pytest.raises(StorageProblem):
        opened(path, None, OWN, clock)


def test_a_key_file_left_behind_is_never_overwritten(
    place: Workplace, path: Path, clock: SetClock
) -> None:
    place.close()
    path.unlink()
    kept = key_slots.path_of(path).read_bytes()
    with pytest.raises(StorageProblem):
        bootstrap.create_ward(path, OWN, clock)
    assert key_slots.path_of(path).read_bytes() == kept


def test_a_ward_that_could_not_be_made_leaves_no_key_file(
    tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise StorageProblem(accounts.say("store.disk_error"))

    monkeypatch.setattr(accounts.Store, "create", fails)
    with pytest.raises(StorageProblem):
        bootstrap.create_ward(tmp_path / "new.amldb", OWN, clock)
    assert list(tmp_path.glob("new*")) == []


def test_a_write_that_fails_puts_the_key_file_back(
    place: Workplace, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = key_slots.read(path)

    def fails(*_: object) -> None:
        raise StorageProblem(accounts.say("store.disk_error"))

    monkeypatch.setattr("aml_maint.store.transaction.Transaction.finish", fails)
    with pytest.raises(StorageProblem):
        accounts.change_passphrase(place, OWN, NEW)
    assert key_slots.read(path) == before


def test_a_backup_brings_its_key_file_and_is_restored_by_a_persons_own_passphrase(
    place: Workplace, tmp_path: Path, clock: SetClock
) -> None:
    accounts.add_account(place, "Li Na", [Role.NURSE], HERS)
    made = trust.backup_ward(place).report.path
    place.close()
    target = tmp_path / "elsewhere" / "ward.amldb"
    target.parent.mkdir()
    with pytest.raises(UserError):
        trust.restore_ward(made, "not the passphrase", target, clock, name="Li Na")
    trust.restore_ward(made, HERS, target, clock, name="Li Na")
    assert opened(target, "Wu Min", OWN, clock).actor.name == "Wu Min"


def test_who_left_since_the_backup_does_not_come_back_by_restoring_it(
    place: Workplace, path: Path, clock: SetClock
) -> None:
    accounts.add_account(place, "Li Na", [Role.NURSE], HERS)
    made = trust.backup_ward(place).report.path
    accounts.retire_account(place, account(place, "Li Na").id, "left")
    accounts.change_passphrase(place, OWN, NEW)
    place.close()
    done = trust.restore_ward(made, NEW, path, clock, name="Wu Min", replace=True)
    with pytest.raises(StorageProblem):
        opened(path, "Li Na", HERS, clock)
    assert opened(path, "Wu Min", NEW, clock).actor.name == "Wu Min"
    assert done.kept is not None
    assert opened(done.kept, "Wu Min", NEW, clock).actor.name == "Wu Min"


def test_a_witness_is_asked_for_their_own_passphrase(place: Workplace) -> None:
    accounts.add_account(place, "Li Na", [Role.NURSE], HERS)
    assert accounts.confirm_person(place, "li na", HERS).name == "Li Na"
    with pytest.raises(WrongPassphrase):
        accounts.confirm_person(place, "Li Na", OWN)
    with pytest.raises(StorageProblem):
        accounts.confirm_person(place, "Qian Yi", OWN)
