"""Walks the program over the accessibility bus, as a screen reader does, and works with it.

Runs under the system's own Python, which has the bindings of the bus; see README.md.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # noqa: E402 (the version is chosen first)

Node = Any
_PATIENCE_S = 180
_STATES = {
    "focusable": Atspi.StateType.FOCUSABLE,
    "focused": Atspi.StateType.FOCUSED,
    "checked": Atspi.StateType.CHECKED,
    "selected": Atspi.StateType.SELECTED,
}


def tell(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def has(node: Node, state: Any) -> bool:
    return bool(node.get_state_set().contains(state))


def shown(node: Node) -> bool:
    return has(node, Atspi.StateType.SHOWING)


def children(node: Node) -> Iterator[Node]:
    for number in range(node.get_child_count()):
        child = node.get_child_at_index(number)
        if child is not None:
            yield child


def everything(node: Node) -> Iterator[tuple[Node, int]]:
    """What is in sight, from the outside inwards, with its depth."""
    waiting = [(node, 0)]
    while waiting:
        here, depth = waiting.pop()
        if depth and not shown(here):
            continue
        yield here, depth
        waiting += [(child, depth + 1) for child in reversed(list(children(here)))]


def find(node: Node, role: str, begins: str = "") -> Node:
    """The first thing in sight of a role whose name begins so; LookupError if there is none."""
    for here, _ in everything(node):
        if here.get_role_name() == role and (here.get_name() or "").startswith(begins):
            return here
    raise LookupError(f"{role} {begins!r}")


def wait_for(what: Callable[[], Node]) -> Node:
    """Ask until it is there."""
    ends = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return what()
        except LookupError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.5)


def press(node: Node) -> None:
    """Do a button's action."""
    names = [node.get_action_name(number) for number in range(node.get_n_actions())]
    wanted = next(name for name in ("Press", "Toggle") if name in names)
    tell(f"> {wanted.lower()} {node.get_role_name()} {node.get_name()!r}")
    node.do_action(names.index(wanted))


def transcript(node: Node) -> int:
    """Tell everything in sight; how many controls have no name."""
    unnamed = count = 0
    began = time.monotonic()
    for here, depth in everything(node):
        states = [name for name, state in _STATES.items() if has(here, state)]
        parts = [here.get_role_name(), here.get_name() or "", here.get_description() or ""]
        tell("  " * depth + " | ".join(filter(None, [*parts, ", ".join(states)])))
        count += 1
        unnamed += "focusable" in states and not here.get_name()
    tell(f"({count} things in {time.monotonic() - began:.1f} s, {unnamed} without a name)")
    return unnamed


def program() -> Node:
    """The program, when its ward is open."""
    desktop = Atspi.get_desktop(0)
    for here in children(desktop):
        if here.get_name() == "aml_maint":
            find(here, "push button", "Open patient")  # the worklist has been read
            return here
    raise LookupError("aml_maint")


def main() -> int:
    Atspi.init()
    app = wait_for(program)
    tell("# Today")
    unnamed = transcript(app)
    tell("# A patient's flow sheet")
    press(find(app, "push button", "Open patient"))
    press(wait_for(lambda: find(app, "page tab", "Cycle")))
    sheet = wait_for(lambda: find(app, "table", "Cycle flow sheet"))
    cells = [cell.get_name() for cell in children(sheet)]
    tell(f"{sheet.get_name()}: {len(cells)} cells; the first of each line:")
    for name in cells[:: len(cells) // 12 or 1]:
        tell(f"  {name}")
    unnamed += transcript(app)
    tell("# A dose is recorded")
    press(find(app, "check box", "Today"))
    press(wait_for(lambda: find(app, "push button", "Given late")))
    dialog = wait_for(lambda: find(app, "dialog"))
    unnamed += transcript(dialog)
    press(find(dialog, "radio button", "1"))
    press(find(dialog, "push button", "Record"))
    saved = wait_for(lambda: find(app, "label", "Saved"))
    tell(f"status bar: {saved.get_name()}")
    tell(f"{unnamed} controls without a name")
    return 1 if unnamed else 0


if __name__ == "__main__":
    sys.exit(main())
