"""The desk a person works at: the open ward file, the clock, and who sits there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from aml_maint.domain import roles
from aml_maint.domain.command import Actor, Command, Role
from aml_maint.domain.errors import Refused
from aml_maint.domain.messages import Message, say
from aml_maint.domain.moment import Moment
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.clock import Clock
from aml_maint.services.clock_check import clock_behind
from aml_maint.services.ids import timed_id
from aml_maint.services.library import site_catalogue
from aml_maint.services.shelf import SiteShelf
from aml_maint.store import audit, site_settings
from aml_maint.store.database import Store
from aml_maint.store.errors import AlreadyDone
from aml_maint.store.event_rows import Change
from aml_maint.store.transaction import Transaction

# What an event notes, in seconds, when it was recorded by a clock that was behind the trail.
CLOCK_BEHIND = "clock_behind"


@dataclass(frozen=True)
class Workplace:
    """What every service needs; services take it as their first argument."""

    store: Store
    clock: Clock
    actor: Actor
    zone: str

    @property
    def is_demo(self) -> bool:
        """Is the open file the synthetic demo ward?"""
        return self.store.kind == "demo"

    @property
    def is_view(self) -> bool:
        """Is a damaged file only looked at?"""
        return self.store.is_view

    @property
    def shelf(self) -> SiteShelf:
        """The regimens as this site has set them: courses are read with it."""
        history = site_settings.history(self.store, site_catalogue())
        basis = history, self.clock.now().local.date()
        known: SiteShelf | None = self.store.memory.find("shelf", basis)
        if known is None:
            known = SiteShelf(*basis)
            self.store.memory.keep("shelf", basis, site_settings.TABLES, known)
        return known

    def acting_as(self, actor: Actor) -> Workplace:
        """The same desk with another person at it."""
        return replace(self, actor=actor)

    def close(self) -> None:
        """Close the ward file; the thread that opened it does this last."""
        self.store.close()

    def done_before(self, command_id: UUID | None, *actions: str) -> Changes | None:
        """What a command sent again did the first time; None if it was not carried out before.

        To be asked before its rules are: what was allowed then need not be allowed now. Refused
        when the id stands for none of the `actions`: then it is no repetition.
        """
        sequence = None if command_id is None else self.store.sequence_of(command_id)
        event = None if sequence is None else audit.event(self.store, sequence)
        if command_id is None or event is None:
            return None
        if actions and event.command.action not in actions:
            raise Refused(say("error.command_used", sequence=event.sequence), field="command_id")
        return Changes(
            command_id, event.sequence, event.command.recorded, frozenset(), frozenset(),
            replayed=True, count=_records(event.changes), made=_added(event.changes),
        )  # fmt: skip

    def why_not(self, action: str) -> Message | None:
        """Why the person can't give a command here; None if they can.

        Their roles may not allow it; and into a damaged file that is only looked at nobody writes,
        but a backup may take its place.
        """
        if self.is_view and action != "restore_ward":
            return say("store.view_only")
        if roles.may(action, self.actor.roles) is not None:
            return None
        allowed = tuple(say(f"role.{r.value}") for r in Role if r in roles.MATRIX[action])
        return say("error.role", allowed=allowed)

    def expect_allowed(self, action: str) -> Role:
        """The role in which the person may do it. Refused, and recorded, if none of theirs may."""
        role = roles.may(action, self.actor.roles)
        if role is not None:
            return role
        why = self.why_not(action)
        assert why is not None  # no role allows it
        if self.is_view:
            raise Refused(why, hint=say("store.view_only.hint"))
        now = self.clock.now()
        refusal = Command(timed_id(now.utc), "refused", self.actor, now, now)
        with self.store.write(refusal) as transaction:
            transaction.note({"action": action})
        raise Refused(why, hint=say("error.role.hint"))

    def write(
        self,
        action: str,
        work: Callable[[Transaction], None],
        *,
        touched: Touched,
        patient_id: str | None = None,
        command_id: UUID | None = None,
        occurred: Moment | None = None,
        reason: str = "",
    ) -> Changes:
        """Carry out one intention in one transaction with one audit entry.

        A command id that was carried out before writes nothing and says so. Refused when the
        person's roles don't allow it.
        """
        now = self.clock.now()
        actor = self.actor.acting_in(self.expect_allowed(action))
        command = Command(
            command_id or timed_id(now.utc), action, actor, now, occurred or now, reason.strip()
        )
        patients = frozenset({patient_id}) if patient_id else frozenset[str]()
        try:
            with self.store.write(command) as transaction:
                work(transaction)
                if (behind := clock_behind(self.store, now)) is not None:
                    seconds = int(behind.total_seconds())
                    transaction.note({CLOCK_BEHIND: seconds})
        except AlreadyDone as done:
            return Changes(
                command.id, done.sequence, now, patients, frozenset({touched}), replayed=True
            )
        return Changes(
            command.id, transaction.sequence, now, patients, frozenset({touched}),
            count=_records(transaction.changes), made=_added(transaction.changes),
        )  # fmt: skip


def _added(changes: Sequence[Change]) -> tuple[str, ...]:
    return tuple(change.id for change in changes if change.before is None)


def _records(changes: Sequence[Change]) -> int:
    """How many records a write made, or how many it changed: by what it began with."""
    made = {(change.table, change.before is None) for change in changes[:1]}
    return sum(1 for change in changes if (change.table, change.before is None) in made)
