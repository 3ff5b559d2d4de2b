"""The window as assistive technology finds it: a tree of names, roles and places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QWidget

Role = QAccessible.Role

# What tells nothing without a name, whether it takes the keyboard or not.
NEED_NAMES = frozenset(
    {
        Role.Button, Role.Cell, Role.Chart, Role.CheckBox, Role.ColumnHeader, Role.ComboBox,
        Role.Dialog, Role.Document, Role.EditableText, Role.Graphic, Role.List, Role.ListItem,
        Role.MenuItem, Role.PageTab, Role.PageTabList, Role.RadioButton, Role.RowHeader,
        Role.Slider, Role.SpinBox, Role.Table, Role.Tree, Role.TreeItem, Role.Window,
    }
)  # fmt: skip


@dataclass(frozen=True)
class Heard:
    """One thing in the tree; `within` are the names of the classes around it."""

    role: QAccessible.Role
    name: str
    description: str
    kind: str
    within: tuple[str, ...]
    focusable: bool

    @property
    def needs_name(self) -> bool:
        """Would a person who hears the screen be lost without its name?"""
        return self.focusable or self.role in NEED_NAMES

    def __str__(self) -> str:
        return f"{self.role.name} {self.kind} in {'/'.join(self.within[-3:])}"


def heard_in(window: QWidget) -> Iterator[Heard]:
    """Everything of a window that is in sight, from the outside inwards."""
    tree = QAccessible.queryAccessibleInterface(window)
    assert tree is not None
    yield from _walk(tree, ())


def _walk(here: QAccessibleInterface, within: tuple[str, ...]) -> Iterator[Heard]:
    state = here.state()
    if state.invisible or state.invalid:
        return
    thing = here.object()
    kind = type(thing).__name__ if thing is not None else "part"
    yield Heard(
        here.role(),
        here.text(QAccessible.Text.Name),
        here.text(QAccessible.Text.Description),
        kind,
        within,
        bool(state.focusable),
    )
    for number in range(here.childCount()):
        child = here.child(number)
        if child is not None:
            yield from _walk(child, (*within, kind))
