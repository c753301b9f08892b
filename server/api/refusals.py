"""Problems on the wire (RFC 9457)."""

from __future__ import annotations

from aiohttp import web

from server.api.shapes import ProblemField, ProblemShape
from server.problems import Problem, field_words, shortened, words


def shape_of(problem: Problem, locale: str) -> ProblemShape:
    status, title, detail = words(problem, locale)
    fields = [ProblemField(path=shortened(field.path), message=field_words(field, locale)) for field in problem.fields]
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
