"""Frozen dataclasses are in all that can be seen what the standard library makes."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field
from typing import Any

import pytest

from aml_maint.domain import frozen


class Dose:
    """A class with every kind of field that the program uses."""

    drug: str
    amount: int = 3
    days: tuple[int, ...] = field(default_factory=tuple)
    note: str = field(default="", repr=False)
    seen: int | None = field(default=None, compare=False)
    facts: dict[str, int] = field(default_factory=dict, hash=False)
    made: int = field(init=False)
    parts: tuple[int, ...] = field(init=False, default_factory=tuple)
    route: str = field(default="by mouth", kw_only=True)

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise ValueError(self.drug)
        object.__setattr__(self, "made", self.amount * 2)


class Only:
    """One field."""

    value: float


class Nothing:
    """No field."""


class Named:
    """Has its own words for itself, its own equality and its own hash."""

    name: str

    def __repr__(self) -> str:
        return self.name

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 7


def both(cls: type, **options: bool) -> list[Any]:
    """A class as the standard library makes it, and as this program does."""
    makers: list[Callable[..., Any]] = [dataclasses.dataclass, frozen.dataclass]
    own = {k: v for k, v in vars(cls).items() if k not in {"__dict__", "__weakref__"}}
    return [make(frozen=True, **options)(type(cls.__name__, (), own)) for make in makers]


def told(call: Callable[[Any], object], made: Any) -> str:
    """What comes of a call: the words of its result, or the error's."""
    try:
        return repr(call(made))
    except (TypeError, ValueError, FrozenInstanceError) as error:
        return f"{type(error).__name__}: {error}"


CALLS: dict[str, Callable[[Any], object]] = {
    "one value": lambda made: made("A"),
    "all values": lambda made: made("A", 1, (2,), "n", 5, {"x": 1}, route="by vein"),
    "by name": lambda made: made(drug="A", days=(4,)),
    "a value missing": lambda made: made(),
    "refused by the class": lambda made: made("A", -1),
    "a value that is no argument": lambda made: made("A", made=3),
    "by place what goes by name": lambda made: made("A", 1, (), "", None, {}, "by vein"),
    "another with a change": lambda made: dataclasses.replace(made("A", 1), amount=4),
    "as a dictionary": lambda made: dataclasses.asdict(made("A", 1)),
    "set": lambda made: setattr(made("A"), "amount", 1),
    "deleted": lambda made: delattr(made("A"), "amount"),
    "copied": lambda made: copy.copy(made("A", 1, (2,))),
    "matched": lambda made: made.__match_args__,
    "equal": lambda made: made("A") == made("A"),
    "equal but for what is not compared": lambda made: made("A", seen=1) == made("A", seen=2),
    "unequal": lambda made: made("A") == made("B"),
    "unequal to another kind": lambda made: made("A") == "A",
    "hash": lambda made: hash(made("A", 1)) == hash(made("A", 1, facts={"x": 1}, seen=2)),
    "hash of what has none": lambda made: hash(made("A", days=[1])),
    "arguments": lambda made: list(inspect.signature(made).parameters),
    "fields": lambda made: [one.name for one in dataclasses.fields(made)],
}


@pytest.mark.parametrize("options", [{}, {"slots": True}], ids=["plain", "slots"])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_every_use_gives_the_same_value_or_the_same_error(
    call: Callable[[Any], object], options: dict[str, bool]
) -> None:
    standard, ours = both(Dose, **options)
    assert told(call, ours) == told(call, standard)


def test_each_instance_has_a_default_of_its_own() -> None:
    _, ours = both(Dose)
    assert ours("A").facts is not ours("A").facts


def test_nothing_at_all_can_be_set_on_an_instance() -> None:
    _, ours = both(Dose)
    with pytest.raises(FrozenInstanceError):
        ours("A").other = 1


@pytest.mark.parametrize("number", [0, 1], ids=["standard", "ours"])
def test_one_field_is_compared_as_a_tuple_of_one(number: int) -> None:
    made, no_number = both(Only)[number], float("nan")
    assert made(no_number) == made(no_number)
    assert made(no_number) != made(float("nan"))
    assert hash(made(2.0)) == hash((2.0,))


@pytest.mark.parametrize("number", [0, 1], ids=["standard", "ours"])
def test_instances_of_a_class_without_fields_are_equal(number: int) -> None:
    made = both(Nothing)[number]
    assert made() == made() and hash(made()) == hash(()) and repr(made()) == "Nothing()"


@pytest.mark.parametrize("number", [0, 1], ids=["standard", "ours"])
def test_what_a_class_says_itself_stays(number: int) -> None:
    made = both(Named)[number]
    assert repr(made("A")) == "A" and made("A") == made("B") and hash(made("A")) == 7


@pytest.mark.parametrize("number", [0, 1], ids=["standard", "ours"])
def test_without_equality_an_instance_is_equal_to_itself_alone(number: int) -> None:
    made = both(Only, eq=False)[number]
    one = made(1.0)
    assert one == one and one != made(1.0) and hash(one) == object.__hash__(one)


@pytest.mark.parametrize("make", [dataclasses.dataclass, frozen.dataclass])
def test_fields_and_their_defaults_are_inherited(make: Callable[..., Any]) -> None:
    base = make(frozen=True)(type("Base", (), {"__annotations__": {"a": "int"}}))
    more = make(frozen=True)(type("More", (base,), {"__annotations__": {"b": "int"}, "b": 2}))
    assert repr(more(1)) == "More(a=1, b=2)" and more(1) != base(1) and more(1) == more(1, 2)


@frozen.dataclass(frozen=True, slots=True)
class Kept:
    """Can be written away and read again."""

    a: int
    b: str = ""


def test_an_instance_with_slots_is_pickled() -> None:
    assert pickle.loads(pickle.dumps(Kept(1, "x"))) == Kept(1, "x")
    assert not hasattr(Kept(1), "__dict__")


def test_only_frozen_classes_without_an_order_are_made() -> None:
    with pytest.raises(TypeError, match="not frozen, or ordered"):
        frozen.dataclass(type("Loose", (), {}))
    with pytest.raises(TypeError, match="not frozen, or ordered"):
        frozen.dataclass(frozen=True, order=True)
