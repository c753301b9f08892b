"""Problems on the wire (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from aiohttp import web

from server.api.shapes import ProblemField, ProblemShape
from server.problems import Problem, words


def shape_of(problem: Problem, locale: str) -> ProblemShape:
    status, title, detail = words(problem, locale)
    fields = [ProblemField(path=field.path, message=field.message) for field in problem.fields]
    return ProblemShape(
        type=f"/problems/{problem.code}",
        title=title,
        status=status,
        code=problem.code,
        detail=detail,
        fields=fields or None,
    )


def response_of(problem: Problem, locale: str) -> web.Response:
    shape = shape_of(problem, locale)
    return web.Response(
        status=shape.status,
        body=shape.model_dump_json(exclude_none=True, by_alias=True).encode(),
        content_type="application/problem+json",
        headers={"Cache-Control": "no-store", "Content-Language": locale, **problem.headers},
    )


@cache
def _field_catalogue() -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = json.loads(
        files("server").joinpath("messages/fields.json").read_text("utf-8")
    )
    return found


def field_words(line: Mapping[str, Any], locale: str) -> str:
    """What is wrong with one field, in the caller's language; `line` is one of pydantic's error lines."""
    words = _field_catalogue()
    kind = str(line["type"])
    found = words.get(kind, words["other"])
    return found[locale].format(**{name: str(value) for name, value in line.get("ctx", {}).items()})
