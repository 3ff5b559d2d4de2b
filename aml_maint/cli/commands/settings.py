"""`settings …`: what the site has set where the paper leaves it open, and since when."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from datetime import date

from aml_maint.cli import seat, values
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.output import table
from aml_maint.cli.parser import WrongUse
from aml_maint.cli.saved import once, saved
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Catalogue, Message, say
from aml_maint.domain.site import Setting, SettingValue
from aml_maint.domain.site_history import SettingChange, SiteHistory
from aml_maint.services.site_settings import (
    accept_settings,
    change_settings,
    setting_history,
    setting_of,
    site_history,
)


def _list_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--section", metavar="SECTION", help="cli.help.settings_section")
    parser.add_argument("--changed", action="store_true", help="cli.help.settings_changed")


def _list(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        found = site_history(place)
        today = place.clock.now().local.date()
    sections = {setting.section for setting in found.catalogue.values()}
    if options.section is not None and options.section not in sections:
        raise BadInput(
            say("import.not_a_choice", text=options.section, allowed=tuple(sorted(sections))),
            field="section",
        )
    settings = found.on(today)
    shown = [
        setting
        for setting in found.catalogue.values()
        if options.section in (None, setting.section)
        and (settings.is_changed(setting.key) or not options.changed)
    ]
    data = [_setting(setting, found, today) for setting in shown]
    return Answer(data, lambda words: _lines(words, shown, found, today))


def _setting(setting: Setting, found: SiteHistory, today: date) -> dict[str, object]:
    settings, standing = found.on(today), found.in_force(setting.key, today)
    return {
        "key": setting.key,
        "section": setting.section,
        "kind": setting.kind,
        "value": setting.written(settings.value(setting.key)),
        "default": setting.written(setting.default),
        "unit": setting.unit,
        "status": setting.status,
        "source": setting.source.title,
        "name": setting.name,
        "changed": settings.is_changed(setting.key),
        "accepted": settings.is_accepted(setting.key),
        "from": None if standing is None else standing.from_day,
        "decided_by": None if standing is None else standing.decided_by,
        "to_come": [_change(setting, one) for one in found.to_come(setting.key, today)],
    }


def _lines(
    words: Catalogue, shown: Iterable[Setting], found: SiteHistory, today: date
) -> Iterable[str]:
    rows = list(shown)
    if not rows:
        yield words.text("cli.settings.none")
        return
    yield from table(
        (
            setting.key,
            words.text(found.on(today).shown(setting.key)),
            words.text(_standing(setting, found, today)),
            words.text(setting.name),
        )
        for setting in rows
    )


def _standing(setting: Setting, found: SiteHistory, today: date) -> Message:
    """Whether a value is the default, accepted by the site, or the site's own."""
    if found.on(today).is_changed(setting.key):
        return say("site.standing.changed")
    accepted = found.on(today).is_accepted(setting.key)
    return say("site.standing.accepted") if accepted else say("site.standing.default")


def _set_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("values", metavar="KEY=VALUE", nargs="+", help="cli.help.settings_value")
    add("--why", required=True, metavar="TEXT", help="cli.help.why_set")
    add("--from", dest="from_day", metavar="YYYY-MM-DD", help="cli.help.settings_from")
    add("--command-id", metavar="UUID", help="cli.help.command_id")


def _set(options: Namespace) -> Answer:
    wanted = dict(_pair(text) for text in options.values)
    from_day = values.optional_day(options.from_day, "from_day")
    with seat.ward(options) as place:
        changes = once(
            options, place, "change_settings",
            lambda id: change_settings(
                place, wanted, options.why, from_day=from_day, command_id=id
            ),
        )  # fmt: skip
        found = site_history(place)
    since = max((c.from_day for c in found.changes if c.key in wanted), default=None)
    told = say(
        "cli.settings.set",
        settings=tuple(say("site.is", name=setting_of(key).name, value=setting_of(key).shown(value))
                       for key, value in wanted.items()),
        day=since,
    )  # fmt: skip
    decided = {key: setting_of(key).written(value) for key, value in wanted.items()}
    return saved(changes, told, settings=decided, **{"from": since})


def _pair(text: str) -> tuple[str, SettingValue]:
    key, equals, value = text.partition("=")
    if not equals:
        raise WrongUse(say("cli.settings.no_pair", text=text))
    return key, setting_of(key).parse(value)


def _accept_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("keys", metavar="KEY", nargs="*", help="cli.help.settings_accept_keys")
    add("--why", required=True, metavar="TEXT", help="cli.help.why_set")
    add("--command-id", metavar="UUID", help="cli.help.command_id")


def _accept(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        keys = options.keys or tuple(site_history(place).catalogue)
        changes = once(
            options, place, "accept_settings",
            lambda id: accept_settings(place, keys, options.why, id),
        )  # fmt: skip
    return saved(changes, say("cli.settings.accepted", count=changes.count), count=changes.count)


def _history_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("key", metavar="KEY", help="cli.help.settings_key")


def _history(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        setting = setting_of(options.key)
        found = setting_history(place, options.key)
    data = {
        "key": setting.key,
        "default": setting.written(setting.default),
        "history": [_change(setting, change) for change in found],
    }

    def lines(words: Catalogue) -> Iterable[str]:
        yield words.text(setting.name)
        yield words.text(setting.why)
        yield words.text("site.default", value=setting.shown(setting.default),
                         source=setting.source.title)  # fmt: skip
        for change in found:
            yield words.text(change_words(setting, change))

    return Answer(data, lines)


def change_words(setting: Setting, change: SettingChange) -> Message:
    """One decision in a line."""
    return say(
        "site.decision",
        value=setting.shown(change.value),
        day=change.from_day,
        by=change.decided_by,
        at=change.decided.local,
        reason=change.reason,
    )


def _change(setting: Setting, change: SettingChange) -> dict[str, object]:
    return {
        "value": setting.written(change.value),
        "from": change.from_day,
        "decided_by": change.decided_by,
        "at": change.decided.local,
        "reason": change.reason,
        "sequence": change.sequence,
    }


COMMANDS = {
    "settings list": Command(_list_arguments, _list),
    "settings set": Command(_set_arguments, _set),
    "settings accept": Command(_accept_arguments, _accept),
    "settings history": Command(_history_arguments, _history),
}
