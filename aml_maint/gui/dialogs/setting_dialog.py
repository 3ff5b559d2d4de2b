"""Decide on a site setting, together with those that it may not pass; accept defaults."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtWidgets import QWidget

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, say
from aml_maint.domain.site import Kind, Setting, SettingValue, linked
from aml_maint.domain.site_history import SiteHistory
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.form_dialog import FormDialog
from aml_maint.gui.forms.check_list import CheckList
from aml_maint.gui.forms.date_input import DateInput
from aml_maint.gui.forms.inputs import ChoiceInput, TextInput, TimeInput
from aml_maint.gui.widgets.label import Label
from aml_maint.services.site_settings import accept_settings, change_settings


class SettingDialog(FormDialog):
    """New values from a day on, with a reason. What stays as it is is not decided anew."""

    COMMANDS = ("change_settings",)

    def __init__(
        self, desk: Desk, found: SiteHistory, key: str, earliest: date, parent: QWidget | None
    ) -> None:
        super().__init__(
            desk, say("setting.title"), say("setting.verb"), draft=f"setting/{key}", parent=parent
        )
        self._desk = desk
        self._found = found
        self.settings = linked(found.catalogue, key)
        self.inputs: dict[str, _Input] = {}
        self.body.insertWidget(1, Label(desk, found.catalogue[key].why, token="muted", wrap=True))
        for setting in self.settings:
            field = _Input(desk, setting)
            field.show_value(found.latest(setting.key))
            self.inputs[setting.key] = field
            self.form.add_row(setting.key, setting.name, field.widget, _help(setting))
        self.from_day = DateInput(desk, "from_day")
        self.from_day.set_day(earliest)
        applies = found.catalogue[key].applies
        self.form.add_row(
            "from_day", say("setting.from_day"), self.from_day,
            say(f"setting.applies.{applies.value}"),
        )  # fmt: skip
        self.reason = TextInput(desk)
        self.form.add_row("reason", say("setting.reason"), self.reason)
        self.ready()
        self.setMinimumWidth(desk.theme.unit(120))
        self.inputs[key].widget.setFocus()

    def submit(self) -> None:
        """Decide on the values that differ from the latest decision or default."""
        values: dict[str, SettingValue] = {}
        for setting in self.settings:
            value = self.inputs[setting.key].value()
            if value != self._found.latest(setting.key):
                values[setting.key] = value
        from_day = self.from_day.day()
        if not values:
            raise BadInput(say("site.error.same"), field=self.settings[0].key)
        reason = self.reason.value()
        self._desk.session.write(
            lambda place: change_settings(
                place, values, reason, from_day=from_day, command_id=self.command_id
            ),
            lambda _: self.finish(),
            self.fail,
            self,
        )


class AcceptDialog(FormDialog):
    """Accept values in force as the site's own, with a reason."""

    COMMANDS = ("accept_settings",)

    def __init__(self, desk: Desk, keys: Sequence[str], parent: QWidget | None) -> None:
        super().__init__(desk, say("accept.title"), say("accept.verb"), parent=parent)
        self._desk = desk
        self._keys = tuple(keys)
        key = "accept.story.one" if len(keys) == 1 else "accept.story"
        story = Message(key, {"count": len(keys)})
        self.body.insertWidget(1, Label(desk, story, token="muted", wrap=True))
        self.reason = TextInput(desk)
        self.form.add_row("reason", say("setting.reason"), self.reason, say("accept.reason.help"))
        self.ready()
        self.setMinimumWidth(desk.theme.unit(120))
        self.reason.setFocus()

    def submit(self) -> None:
        """Accept them."""
        reason = self.reason.value()
        self._desk.session.write(
            lambda place: accept_settings(place, self._keys, reason, self.command_id),
            lambda _: self.finish(),
            self.fail,
            self,
        )


class _Input:
    """The input of one setting: what is typed or chosen, and the value it stands for."""

    def __init__(self, desk: Desk, setting: Setting) -> None:
        self._setting = setting
        self._read: Callable[[], SettingValue]
        self._show: Callable[[SettingValue], None]
        self.widget = self._made(desk)

    def value(self) -> SettingValue:
        """The value; BadInput, beside the input, if it is none that a site could choose."""
        try:
            return self._setting.checked(self._read())
        except BadInput as error:
            key = self._setting.key
            raise BadInput(error.message, hint=error.hint, field=key) from error

    def show_value(self, value: SettingValue) -> None:
        """Show a value."""
        self._show(value)

    def _made(self, desk: Desk) -> QWidget:
        setting = self._setting
        match setting.kind:
            case Kind.FLAG | Kind.CHOICE:
                return self._choice(desk)
            case Kind.COMPONENTS:
                listed = [(name, say(f"site.component.{name}")) for name in setting.choices]
                boxes = CheckList(desk, listed)
                self._read = boxes.value
                self._show = lambda value: boxes.set_value(
                    value if isinstance(value, tuple) else ()
                )
                return boxes
            case _:
                typed = (
                    TimeInput(desk) if setting.kind is Kind.TIME else TextInput(desk, longest=20)
                )
                self._read = lambda: setting.read(typed.text())
                self._show = lambda value: typed.setText(setting.written(value))
                return typed

    def _choice(self, desk: Desk) -> QWidget:
        setting = self._setting
        values: list[SettingValue] = (
            [True, False] if setting.kind is Kind.FLAG else list(setting.choices)
        )
        choice: ChoiceInput[SettingValue] = ChoiceInput(
            desk, [(value, setting.shown(value)) for value in values]
        )
        self._read = choice.value
        self._show = choice.set_value
        return choice


def _help(setting: Setting) -> Message:
    """Default and range beside the input."""
    default = setting.shown(setting.default)
    allowed = setting.allowed
    if allowed is None:
        return say("setting.default", default=default)
    return say("setting.default_range", default=default, allowed=allowed)
