"""Refusals: a stable code, and its words for people in their language.

Every code has its status and its words in `server/messages/problems/*.json`. Whatever typed error a package
raises, its `code` finds them and its fields fill them.
"""

from __future__ import annotations

import dataclasses
import json
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from review.calendar import OFFICE
from review.errors import Invalid

LOCALES = ("cs", "en")


@dataclass(frozen=True, slots=True)
class Field:
    """One field that is wrong: where, and which words of `server/messages/fields.json` say why, filled with `data`."""

    path: str
    why: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(eq=False)
class Problem(Exception):
    """Raised by a handler. `data` fills the words; `headers` go with the answer."""

    code: str
    data: Mapping[str, Any] = field(default_factory=dict)
    fields: Sequence[Field] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wording:
    """`status` of HTTP; title and detail by locale."""

    status: int
    title: Mapping[str, str]
    detail: Mapping[str, str]


@cache
def catalogue() -> Mapping[str, Wording]:
    """All codes. Raises `ValueError` when two files name the same one."""
    found: dict[str, Wording] = {}
    for file in sorted(files("server").joinpath("messages/problems").iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".json"):
            continue
        for code, raw in json.loads(file.read_text("utf-8")).items():
            if code in found:
                raise ValueError(f"{code} is worded twice, again in {file.name}")
            found[code] = Wording(raw["status"], raw["title"], raw["detail"])
    return found


class _Lenient(string.Formatter):
    """A word without its value stays empty: wording must never be the error."""

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return kwargs.get(str(key), "")


def problem_of(error: BaseException) -> Problem | None:
    """The problem of a typed error of ours, None for everything else."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Invalid):
        return Problem(error.code, fields=[Field(error.field, error.why, error.data)])
    code = getattr(error, "code", None)
    if not isinstance(code, str) or code not in catalogue():
        return None
    names: list[str] = [f.name for f in dataclasses.fields(error)] if dataclasses.is_dataclass(error) else []
    data = {name: getattr(error, name) for name in names}
    return Problem(code, data)


def words(problem: Problem, locale: str) -> tuple[int, str, str]:
    """Status, title and detail, which says of the first wrong field why, and of storage how it fails."""
    wording = catalogue()[problem.code]
    more = catalogue().get(str(problem.data.get("trouble") or problem.data.get("why")))
    data = {name: _said(name, value, locale) for name, value in problem.data.items()}
    if problem.fields:
        data["why"] = field_words(problem.fields[0], locale)
    return wording.status, wording.title[locale], _Lenient().format((more or wording).detail[locale], **data).strip()


def field_words(wrong: Field, locale: str) -> str:
    """What is wrong with one field."""
    known = _worded("fields")
    filled: str = known.get(wrong.why, known["other"])[locale].format(**{n: str(v) for n, v in wrong.data.items()})
    return filled


@cache
def _worded(file: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(files("server").joinpath(f"messages/{file}.json").read_text("utf-8"))
    return found


def _said(name: str, value: Any, locale: str) -> Any:
    """A state or part by its name, a moment as the office's wall shows it; anything else as it is."""
    named = _worded("names").get(name)
    if named is not None and value in named:
        return named[value][locale]
    if not isinstance(value, datetime):
        return value
    day = value.astimezone(OFFICE)
    return f"{day.day}. {day.month}. {day.year} {day:%H:%M}" if locale == "cs" else f"{day.day} {day:%B %Y, %H:%M}"
