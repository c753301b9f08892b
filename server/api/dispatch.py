"""From a request to a handler and back: who calls, from where, with what; and every error as a problem."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from operator import itemgetter
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.http import HttpProcessingError
from pydantic import BaseModel, TypeAdapter, ValidationError

from review.errors import AlreadyThere, ChangedMeanwhile, NotFound, PortError
from review.ids import new_id
from server.api.bodies import LARGE, cleaned
from server.api.idempotency import Asked
from server.api.payload import payload
from server.api.refusals import response_of
from server.api.route import Access, Call, Reply, Route, Sent
from server.api.uploads import Upload, only_file
from server.identity.callers import Caller, Client
from server.office import Office
from server.problems import LOCALES, Field, Problem, problem_of

log = logging.getLogger("paraph.api")

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
MAX_JSON = 8 * 2**20
MOST_FIELDS = 20
OFFICE: web.AppKey[Office] = web.AppKey("office", Office)
LOCALE: web.RequestKey[str] = web.RequestKey("locale", str)

Next = Callable[[web.Request], Awaitable[web.StreamResponse]]


def cookie_name(office: Office) -> str:
    return "__Host-paraph" if office.settings.secure else "paraph"


def locale_of(request: web.Request, caller: Caller | Client | None = None) -> str:
    """The person's own language, else that of ours which Accept-Language likes best (RFC 9110 § 12.5.4), else Czech."""
    if isinstance(caller, Caller):
        return caller.person.locale
    liked = [_liked(part) for part in request.headers.get("Accept-Language", "").split(",")]
    ours = [(weight, language) for weight, language in liked if weight > 0 and language in LOCALES]
    return max(ours, key=itemgetter(0))[1] if ours else LOCALES[0]


def _liked(part: str) -> tuple[float, str]:
    """How much, from 0 to 1, and which language of a range such as `en-GB;q=0.8`."""
    words, _, weight = part.partition(";")
    try:
        return float(weight.strip().removeprefix("q=") or 1), words.strip()[:2].lower()
    except ValueError:
        return 0.0, ""


async def caller_of(request: web.Request) -> Caller | None:
    """By Bearer token, else by cookie. A Bearer that is unknown is refused, never overlooked."""
    sign_in, secret = request.app[OFFICE].sign_in, secret_in(request)
    if not secret:
        return None
    return await (sign_in.by_token(secret) if bears(request) else sign_in.by_cookie(secret))


def bears(request: web.Request) -> bool:
    """Whether it says itself who calls, and not the browser for it."""
    return bool(request.headers.get("Authorization"))


def secret_in(request: web.Request) -> str:
    """What it brings to be known by, empty when there is nothing."""
    if bears(request):
        kind, _, token = request.headers["Authorization"].partition(" ")
        return token.strip() if kind.lower() == "bearer" else ""
    return request.cookies.get(cookie_name(request.app[OFFICE]), "")


def same_origin(request: web.Request) -> bool:
    """Sec-Fetch-Site where the browser sends it, else Origin; neither means that no browser page asked."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    public = urlsplit(request.app[OFFICE].settings.url)
    return origin in (f"{public.scheme}://{public.netloc}", f"http://{request.host}", f"https://{request.host}")


@web.middleware
async def problems(request: web.Request, handler: Next) -> web.StreamResponse:
    """Whatever goes wrong becomes a problem; what is not ours to explain is logged under an incident number."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        return _http(error, await _told_in(request))
    except (HttpProcessingError, web.RequestPayloadError):
        return response_of(Problem("bad_request"), await _told_in(request))
    except ConnectionError:
        raise  # the client is gone
    except Exception as error:
        problem = problem_of(error)
        if problem is None:
            incident = new_id()
            log.exception("incident %s: %s %s", incident, request.method, request.match_info.route.resource)
            problem = Problem("internal", {"incident": incident})
        return response_of(problem, await _told_in(request))


async def _told_in(request: web.Request) -> str:
    """The language of a refusal, also where no handler asked who calls."""
    known: str | None = request.get(LOCALE)
    if known is not None:
        return known
    try:
        return locale_of(request, await caller_of(request))
    except PortError:
        return locale_of(request)


HTTP_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "wrong_media_type"}


def _http(error: web.HTTPException, locale: str) -> web.StreamResponse:
    if error.status < 400:
        return web.Response(status=error.status, headers=error.headers)
    headers = {name: error.headers[name] for name in ("Allow",) if name in error.headers}
    return response_of(Problem(HTTP_CODES.get(error.status, "bad_request"), headers=headers), locale)


def handler_of(route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The aiohttp handler of a route. What its signature asks for is worked out once."""
    body, query = route.shape("body"), route.shape("query")
    shapes = TypeAdapter(body) if body is not None else None

    async def handle(request: web.Request) -> web.StreamResponse:
        call = await _let_in(request, route)
        given: dict[str, Any] = {}
        if route.file is not None:
            given["upload"] = await _upload(call, route.file)
        raw = b"" if route.raw or route.file else await payload(request, MAX_JSON)
        given |= {"query": _read_query(query, request)} if query else _no_query(call)
        if shapes is not None:
            given["body"] = await _read_body(shapes, request, raw)
        elif raw.strip() and not route.raw and raw.strip() != b"{}":
            raise Problem("invalid", fields=[Field("", "no_body")])
        return await _answer(call, given, raw)

    return handle


async def _upload(call: Call, file: Sent) -> Upload:
    if file.guard is not None:
        await file.guard(call)
    return await only_file(call.request, file.largest)


async def _let_in(request: web.Request, route: Route) -> Call:
    office = request.app[OFFICE]
    if request.method not in SAFE and not same_origin(request):
        raise Problem("cross_origin")
    caller: Caller | Client | None = None
    if route.access is Access.SIGNED_IN:
        caller = await caller_of(request)
        request[LOCALE] = locale_of(request, caller)
        _check_person(caller, request)
    elif route.access is Access.REGISTRY:
        caller = await office.clients.by_header(request.headers.get("Authorization", ""), route.scope)
    return Call(request, office, route, caller, locale_of(request, caller), request.match_info)


def _check_person(caller: Caller | None, request: web.Request) -> None:
    if caller is None:
        raise Problem("not_signed_in", headers={"WWW-Authenticate": "Bearer"})
    needed = "read" if request.method in SAFE else "write"
    if caller.scopes and needed not in caller.scopes:
        raise Problem("forbidden")


def _no_query(call: Call) -> dict[str, Any]:
    if call.request.query:
        names = list(dict.fromkeys(call.request.query))[:MOST_FIELDS]
        raise Problem("bad_query", fields=[Field(name, "extra_forbidden") for name in names])
    return {}


def _read_query(shape: type[BaseModel], request: web.Request) -> BaseModel:
    twice = [name for name in request.query if len(request.query.getall(name)) > 1]
    if twice:
        raise Problem("bad_query", fields=[Field(name, "twice") for name in twice])
    try:
        return shape.model_validate(dict(request.query))
    except ValidationError as error:
        raise Problem("bad_query", fields=_fields(error)) from error


async def _read_body(shape: TypeAdapter[Any], request: web.Request, raw: bytes) -> Any:
    if raw and request.content_type not in ("application/json", "application/octet-stream"):
        raise Problem("wrong_media_type")
    if len(raw) < LARGE:
        return _validated(shape, raw)
    return await asyncio.to_thread(_validated, shape, raw)


def _validated(shape: TypeAdapter[Any], raw: bytes) -> Any:
    try:
        return shape.validate_json(cleaned(raw) or b"{}")
    except ValidationError as error:
        if any(line["type"] == "json_invalid" for line in error.errors(include_url=False)):
            raise Problem("bad_json") from error
        raise Problem("invalid", fields=_fields(error)) from error


def _fields(error: ValidationError) -> list[Field]:
    lines = error.errors(include_url=False, include_input=False)[:MOST_FIELDS]
    return [Field(".".join(map(str, line["loc"])), line["type"], line.get("ctx", {})) for line in lines]


async def _answer(call: Call, given: dict[str, Any], raw: bytes) -> web.StreamResponse:
    key = _key(call.request)
    if key is None or call.caller is None or not call.route.keyed:
        reply = await call.route.handler(call, **given)
        return reply.stream if reply.stream is not None else response(call, reply)

    async def act(id: str, again: bool) -> web.Response:
        return await _done(replace(call, fresh=id), given, again)

    upload = given.get("upload")
    body = await asyncio.to_thread(upload.digest) if upload else raw.strip() or b"{}"
    return await call.office.answers.once(Asked(f"{_name(call.caller)} {call.request.path}", key, body), act)


def _key(request: web.Request) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not key.isprintable():
        raise Problem("bad_request")
    return key


def _name(caller: Caller | Client) -> str:
    return caller.person.id if isinstance(caller, Caller) else caller.id


async def _done(call: Call, given: dict[str, Any], again: bool) -> web.Response:
    """After an attempt that was cut, what it created before the end; two attempts at once create the same."""
    if again and (shown := await _created(call)):
        return shown
    try:
        return response(call, await call.route.handler(call, **given))
    except (AlreadyThere, ChangedMeanwhile):
        if again and (shown := await _created(call)):
            return shown
        raise


async def _created(call: Call) -> web.Response | None:
    if call.route.creates is None:
        return None
    try:
        return response(call, await call.route.creates.shown(call))
    except (NotFound, Problem) as error:
        if error.code != "not_found":
            raise
        return None


def response(call: Call, reply: Reply) -> web.Response:
    status = reply.status or call.route.status
    headers = {"Cache-Control": "no-store", **_location(call), **reply.headers}
    if reply.rev is not None:
        headers["ETag"] = f'"{reply.rev}"'
    if reply.body is None:
        return web.Response(status=204 if status == 200 else status, headers=headers)
    body = TypeAdapter(type(reply.body) if isinstance(reply.body, BaseModel) else Any).dump_json(
        reply.body, by_alias=True, exclude_none=True
    )
    return web.Response(status=status, body=body, content_type="application/json", charset="utf-8", headers=headers)


def _location(call: Call) -> dict[str, str]:
    """Where what was created stands from now on; its part of the address is the id it was given."""
    created = call.route.creates
    return {"Location": re.sub(r"\{\w+\}", call.fresh, created.address)} if created and created.address else {}
