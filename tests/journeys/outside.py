"""A client that knows only the published interface: HTTP with JSON, and the y-websocket protocol with paraph.1."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

SYNC, STEP1, STEP2, UPDATE = 0, 0, 1, 2
SAVED, REFUSED, ROLE, EPOCH = 100, 101, 102, 103


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw)

    @property
    def code(self) -> str:
        return str(self.json["code"])

    def ok(self) -> Any:
        """The body of a success."""
        assert 200 <= self.status < 300, (self.status, self.raw)
        return self.json if self.raw else None

    def refused(self, status: int, code: str) -> None:
        assert (self.status, self.code) == (status, code), self.raw
        assert self.headers["Content-Type"].startswith("application/problem+json")
        assert self.json["detail"]


@dataclass(slots=True)
class Outside:
    """One person's program. `http` keeps its cookies."""

    url: str
    http: aiohttp.ClientSession
    me: dict[str, Any] = field(default_factory=dict)

    async def ask(self, method: str, path: str, body: Any = None, *, match: int | None = None, **more: Any) -> Answer:
        headers = {"If-Match": f'"{match}"'} if match is not None else {}
        headers |= more.pop("headers", {})
        async with self.http.request(method, self.url + path, json=body, headers=headers, **more) as response:
            return Answer(response.status, response.headers, await response.read())

    async def get(self, path: str, **more: Any) -> Any:
        return (await self.ask("GET", path, **more)).ok()

    async def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return (await self.ask("POST", path, body, **more)).ok()

    async def put(self, path: str, body: Any, match: int | None = None) -> Any:
        return (await self.ask("PUT", path, body, match=match)).ok()

    async def sign_in(self, login: str, password: str) -> None:
        self.me = await self.post("/api/v1/session", {"login": login, "password": password})

    async def job(self, accepted: Answer) -> Any:
        """Follows long work to its end."""
        assert accepted.status == 202, (accepted.status, accepted.raw)
        path = accepted.headers["Location"]
        for _ in range(600):
            job = await self.get(path)
            if job["state"] in ("done", "failed", "cancelled"):
                return job
            await asyncio.sleep(0.05)
        raise AssertionError(f"{path} does not end")

    async def all(self, path: str) -> list[Any]:
        """Every page of a list."""
        items, mark = [], "&" if "?" in path else "?"
        page = await self.get(path)
        items += page["items"]
        while "next" in page:
            page = await self.get(f"{path}{mark}after={page['next']}")
            items += page["items"]
        return items


def var_uint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def read_var(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return number, at


def read_bytes(data: bytes, at: int) -> tuple[bytes, int]:
    size, at = read_var(data, at)
    return data[at : at + size], at + size


@dataclass(slots=True)
class Writer:
    """A live draft over /sync with paraph.1, as a Yjs client keeps it."""

    socket: aiohttp.ClientWebSocketResponse
    doc: Doc[Any] = field(default_factory=Doc)
    sent: int = 0
    saved: int = 0
    role: str = ""
    epoch: int | None = None
    refusals: list[tuple[int, str]] = field(default_factory=list)

    @property
    def body(self) -> XmlFragment:
        body: XmlFragment = self.doc.get("body", type=XmlFragment)
        return body

    async def begin(self) -> None:
        """Both ways of the first exchange; returns when the server's content is here."""
        await self.socket.send_bytes(bytes([SYNC, STEP1]) + _framed(self.doc.get_state()))
        while await self.read() != (SYNC, STEP2):
            pass

    async def read(self) -> tuple[int, int]:
        """Takes one message in; its type and, of a sync message, its step."""
        message = await self.socket.receive(timeout=20)
        assert message.type is aiohttp.WSMsgType.BINARY, message
        data: bytes = message.data
        kind, at = read_var(data, 0)
        if kind == SYNC:
            step, at = read_var(data, at)
            payload, _ = read_bytes(data, at)
            await self._sync(step, payload)
            return kind, step
        self._paraph(kind, data, at)
        return kind, -1

    async def _sync(self, step: int, payload: bytes) -> None:
        if step == STEP1:
            self.sent += 1
            await self.socket.send_bytes(bytes([SYNC, STEP2]) + _framed(self.doc.get_update(payload)))
        else:
            self.doc.apply_update(payload)

    def _paraph(self, kind: int, data: bytes, at: int) -> None:
        if kind == SAVED:
            _, at = read_bytes(data, at)
            self.saved, _ = read_var(data, at)
        elif kind == REFUSED:
            number, at = read_var(data, at)
            code, _ = read_bytes(data, at)
            self.refusals.append((number, code.decode()))
        elif kind == ROLE:
            self.role = read_bytes(data, at)[0].decode()
        elif kind == EPOCH:
            self.epoch, _ = read_var(data, at)

    async def send(self, change: Any) -> None:
        """Sends what `change(body)` did to the draft as one update."""
        before = self.doc.get_state()
        with self.doc.transaction():
            change(self.body)
        self.sent += 1
        await self.socket.send_bytes(bytes([SYNC, UPDATE]) + _framed(self.doc.get_update(before)))

    async def until_saved(self) -> None:
        while self.saved < self.sent:
            await self.read()

    def text(self) -> str:
        return "\n".join(_text(child) for child in self.body.children)


def _framed(payload: bytes) -> bytes:
    return var_uint(len(payload)) + payload


def _text(element: Any) -> str:
    if isinstance(element, XmlText):
        return "".join(piece for piece, _ in element.diff() if isinstance(piece, str))
    return "".join(_text(child) for child in element.children)


async def write(outside: Outside, document: str) -> Writer:
    """Joins the draft's live session with a ticket."""
    ticket = (await outside.post("/api/v1/tickets"))["ticket"]
    address = f"{outside.url}/sync/{document}?ticket={ticket}"
    socket = await outside.http.ws_connect(address, protocols=["paraph.1"])
    assert socket.protocol == "paraph.1"
    writer = Writer(socket)
    await writer.begin()
    return writer


def paragraph(text: str, id: str) -> XmlElement:
    return XmlElement("paragraph", {"id": id}, [XmlText(text)])
