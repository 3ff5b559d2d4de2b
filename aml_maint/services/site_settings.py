"""The site's settings: read those in force, decide on them with a reason, look back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.messages import say
from aml_maint.domain.site import Applies, Setting, SettingValue, SiteSettings
from aml_maint.domain.site_history import SettingChange, SiteHistory
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.library import site_catalogue
from aml_maint.services.workplace import Workplace
from aml_maint.store import site_settings as rows

# Before the component whose doses a second person has to see.
WITNESS = "witness."

# A decision that begins later than this is a slip of the keyboard.
_FURTHEST_AHEAD = timedelta(days=366)


def site_settings(place: Workplace, on: date | None = None) -> SiteSettings:
    """The settings in force on a day, today if none is named."""
    return site_history(place).on(on or _today(place))


def site_history(place: Workplace) -> SiteHistory:
    """Every decision of the site on its settings."""
    return rows.history(place.store, site_catalogue())


def setting_history(place: Workplace, key: str) -> tuple[SettingChange, ...]:
    """Every decision on one setting, oldest first; BadInput for an unknown key."""
    return site_history(place).of(setting_of(key).key)


def setting_of(key: str) -> Setting:
    """The catalogue's entry of a key; BadInput if there is none."""
    setting = site_catalogue().get(key)
    if setting is None:
        raise BadInput(say("site.error.unknown", setting=key), field="key")
    return setting


def earliest_day(place: Workplace, setting: Setting) -> date:
    """From when on a decision on a setting can hold: today, or tomorrow for what plans doses.

    What was planned before keeps its times and windows, so no record is judged anew.
    """
    today = _today(place)
    return today if setting.applies is Applies.AT_ONCE else today + timedelta(days=1)


def change_setting(
    place: Workplace,
    key: str,
    value: SettingValue,
    reason: str,
    *,
    from_day: date | None = None,
    command_id: UUID | None = None,
) -> Changes:
    """Decide on one setting, from a day on: the earliest that it can hold from if none is named.

    BadInput for a value out of range, one that contradicts another setting, a day that is past,
    or no reason. To decide on the value in force is to accept it.
    """
    return change_settings(place, {key: value}, reason, from_day=from_day, command_id=command_id)


def change_settings(
    place: Workplace,
    values: Mapping[str, SettingValue],
    reason: str,
    *,
    from_day: date | None = None,
    command_id: UUID | None = None,
) -> Changes:
    """Decide on several settings at once, as on the two ends of one window."""
    if (done := place.done_before(command_id, "change_settings")) is not None:
        return done
    if not values:
        raise BadInput(say("error.nothing_selected"))
    if not reason.strip():
        raise BadInput(say("error.reason_needed"), field="reason")
    wanted = {key: setting_of(key).checked(value) for key, value in values.items()}
    earliest = max(earliest_day(place, setting_of(key)) for key in wanted)
    day = from_day or earliest
    if day < earliest:
        raise BadInput(say("site.error.too_early", day=earliest), field="from_day")
    if day - earliest > _FURTHEST_AHEAD:
        raise BadInput(say("error.start_too_far", day=day), field="from_day")
    before = site_history(place)
    _expect_new(before, wanted, day)
    _expect_agreement(place, before, wanted, day, reason.strip())
    return place.write(
        "change_settings",
        lambda transaction: rows.add(transaction, site_catalogue(), wanted, day, reason.strip()),
        touched=Touched.SETTINGS,
        command_id=command_id,
        reason=reason,
    )


def accept_settings(
    place: Workplace, keys: Sequence[str], reason: str, command_id: UUID | None = None
) -> Changes:
    """Accept the values in force of some settings: the site makes them its own.

    They then hold whatever default a later version of the program may bring. Those already
    decided on are left alone; Refused when that is all of them.
    """
    if (done := place.done_before(command_id, "accept_settings")) is not None:
        return done
    if not reason.strip():
        raise BadInput(say("error.reason_needed"), field="reason")
    found, today = site_history(place), _today(place)
    values = {
        key: setting_of(key).default
        for key in keys
        if found.in_force(setting_of(key).key, today) is None and not found.to_come(key, today)
    }
    if not values:
        raise Refused(say("site.error.accepted"))
    return place.write(
        "accept_settings",
        lambda transaction: rows.add(transaction, site_catalogue(), values, today, reason.strip()),
        touched=Touched.SETTINGS,
        command_id=command_id,
        reason=reason,
    )


def _expect_new(before: SiteHistory, wanted: Mapping[str, SettingValue], day: date) -> None:
    """Refused if every decision says what holds already."""
    for key, value in wanted.items():
        standing = before.in_force(key, day)
        if standing is None or standing.value != value or before.to_come(key, day):
            return
    raise Refused(say("site.error.same"), field="value")


def _expect_agreement(
    place: Workplace,
    before: SiteHistory,
    wanted: Mapping[str, SettingValue],
    day: date,
    reason: str,
) -> None:
    """BadInput if the settings would contradict each other on that day or on a later one."""
    now, by = place.clock.now(), place.actor.name
    new = (SettingChange(key, value, day, reason, by, now, 0) for key, value in wanted.items())
    after = SiteHistory(before.catalogue, (*before.changes, *new))
    later = [day_of for day_of in after.days_of_change(after.catalogue) if day_of > day]
    for one in (day, *later):
        after.on(one).check()


def _today(place: Workplace) -> date:
    return place.clock.now().local.date()


def needs_witness(place: Workplace, component_id: str) -> bool:
    """Does a second person have to see the doses of a component, by the settings in force?"""
    settings, key = site_settings(place), f"{WITNESS}{component_id}"
    return key in settings.catalogue and settings.flag(key)
