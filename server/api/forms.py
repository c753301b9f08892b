"""Small forms, as a page without script or a token request sends them."""

from __future__ import annotations

from urllib.parse import parse_qs

from aiohttp import web

from server.api.payload import payload
from server.problems import Problem

FORM = "application/x-www-form-urlencoded"
MAX_FIELDS = 20


async def form_of(request: web.Request, longest: int, code: str = "bad_request") -> dict[str, str]:
    """The fields by name, each once. Raises the problem `code` for what is no such form or longer than `longest`."""
    if request.content_type != FORM:
        raise Problem(code)
    raw = await payload(request, longest, code)
    try:
        fields = parse_qs(raw.decode("utf-8"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        raise Problem(code) from None
    if any(len(values) > 1 for values in fields.values()):
        raise Problem(code)
    return {name: values[0] for name, values in fields.items()}
