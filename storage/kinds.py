"""What a repository keeps: a dataclass, and the values by which it is found. Adding a kind is one line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Generic, TypeVar

from storage.engine import RecordKind

T = TypeVar("T")

PENDING = "pending"
"""Index of the records whose outbox is not empty."""

FACTS = RecordKind("fact", indexes=frozenset({"document", "person"}), unique=frozenset({"fact"}))
HEADS = RecordKind("audit_head")
SETTINGS = RecordKind("setting")
OWN = (FACTS, HEADS, SETTINGS)
"""What storage keeps for itself: the facts as they are read, sealed heads of their log, settings of the database."""


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """`indexes` and `unique` map the name of an index to the attribute it reads, or to a path: `consultees.person`.

    A collection on the way stands for each of its items, at the end of the path a mapping for each of its keys;
    None is found under nothing. `together` names indexes that are asked for at once: `(("document", "state"),)`.
    """

    name: str
    type: type[T]
    indexes: Mapping[str, str] = field(default_factory=dict)
    unique: Mapping[str, str] = field(default_factory=dict)
    together: tuple[tuple[str, ...], ...] = ()

    @property
    def declared(self) -> RecordKind:
        """What the engine has to know of it."""
        joined = {_joined(names) for names in self.together}
        return RecordKind(self.name, frozenset({*self.indexes, *joined, PENDING}), frozenset(self.unique))

    @property
    def fingerprint(self) -> str:
        """Changes when records kept before are no longer found by what this kind declares."""
        return json.dumps([dict(self.indexes), dict(self.unique), self.together], sort_keys=True)

    def terms(self, value: T) -> dict[str, Sequence[str]]:
        """The values of one record in every index."""
        found: dict[str, Sequence[str]] = {
            name: _values(value, path) for name, path in {**self.indexes, **self.unique}.items()
        }
        for names in self.together:
            found[_joined(names)] = tuple(map(_both, product(*(found[name] for name in names))))
        return found

    def lookup(self, equal: Mapping[str, str | int | bool]) -> tuple[str | None, str]:
        """The index that answers a question, and the value to look for there; no index for no question."""
        if len(equal) < 2:
            return next(((name, _term(value)) for name, value in equal.items()), (None, ""))
        names = next((names for names in self.together if set(names) == equal.keys()), None)
        if names is None:
            raise ValueError(f"kind {self.name} declares no index of {' and '.join(equal)} together")
        return _joined(names), _both(_term(equal[name]) for name in names)


def _values(value: object, path: str) -> tuple[str, ...]:
    found: Iterable[object] = (value,)
    for attribute in path.split("."):
        found = [item for one in found for item in _items(getattr(one, attribute))]
    return tuple(dict.fromkeys(_term(one) for one in found))


def _items(value: object) -> Iterator[object]:
    if isinstance(value, tuple | list | frozenset | set | Mapping):
        yield from value
    elif value is not None:
        yield value


def _term(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _joined(names: Sequence[str]) -> str:
    return "_".join(names)


def _both(values: Iterable[str]) -> str:
    return json.dumps(list(values))
