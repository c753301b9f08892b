"""The HTTP edge: connections before they have said anything that a handler could answer.

aiohttp gives a connection an hour to send its headers, answers what it cannot read in plain text, logs it with its
traceback and its content, and tells its version. Here all of that is ours.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

from aiohttp import web
from aiohttp.http import HttpProcessingError
from aiohttp.web_protocol import RequestHandler

from review.ids import new_id
from server.api.refusals import response_of
from server.problems import LOCALES, Problem
from server.settings import Network, Settings
from server.web_assets import harden

HEADER_SECONDS = 20.0
"""How long a connection may take from its first byte, or from being opened, to the end of a request's headers."""

IDLE_SECONDS = 180.0
"""How long it may then be idle between requests: longer than proxies keep theirs."""

HEADER_LIMIT = 32 * 1024
DRAIN = 10.0

log = logging.getLogger("paraph.edge")


class Connection(RequestHandler):
    """aiohttp's connection, with a time for headers and an answer of ours to what is no HTTP."""

    __slots__ = ("_deadline", "_patience", "_peer", "_silent")

    def __init__(self, manager: Edge, **options: Any) -> None:
        super().__init__(manager, **options)
        self._patience, self._silent, self._peer = manager.patience, manager.silent, ""
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._expect_headers()
        self._peer = (transport.get_extra_info("peername") or ("",))[0]
        if not self._silent.enter(self._peer):
            self._peer = ""
            self.force_close()

    def connection_lost(self, exc: BaseException | None) -> None:
        self._have_headers()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._payload_parser is not None:  # a WebSocket's messages: nothing is to be watched
            super().data_received(data)
            return
        requests = self._request_count
        super().data_received(data)
        if self._request_count > requests:
            self._have_headers()
        elif self._waiter is not None and not self._waiter.done():
            self._expect_headers()

    def _expect_headers(self) -> None:
        if self._deadline is None:
            self._deadline = self._loop.call_later(self._patience, self.force_close)

    def _have_headers(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        if self._peer:
            self._silent.leave(self._peer)
            self._peer = ""

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What no handler answered: the client is gone, it does not speak HTTP, or it is our mistake."""
        if isinstance(exc, ConnectionError) or request.writer.output_size > 0:
            raise ConnectionResetError("nobody is there to be answered") from exc
        if isinstance(exc, HttpProcessingError):
            log.info("%s sent what cannot be read: %s", request.remote, type(exc).__name__)
            problem = Problem("bad_request")
        else:
            incident = new_id()
            log.error("incident %s: %s", incident, request.method, exc_info=exc)
            problem = Problem("internal", {"incident": incident})
        response = response_of(problem, LOCALES[0])
        harden(response)
        response.force_close()
        return response


class Silent:
    """Connections that have not asked for anything yet, `most` of an address. Those of `trusted` are not counted."""

    def __init__(self, most: int, trusted: Sequence[Network]) -> None:
        self._most, self._trusted = most, trusted
        self._counted: Counter[str] = Counter()

    def enter(self, address: str) -> bool:
        """Whether the address may have one more."""
        if self._counted[address] >= self._most and not self._is_trusted(address):
            return False
        self._counted[address] += 1
        return True

    def leave(self, address: str) -> None:
        self._counted[address] -= 1
        if not self._counted[address]:
            del self._counted[address]

    def _is_trusted(self, address: str) -> bool:
        return bool(address) and any(ip_address(address) in network for network in self._trusted)


def silent_of(settings: Settings) -> Silent:
    return Silent(settings.silent_per_address, settings.trusted_proxies)


class Edge(web.Server):
    """Makes the connections. `patience` is in seconds."""

    patience = HEADER_SECONDS
    silent: Silent

    def __call__(self) -> RequestHandler:
        return Connection(self, loop=self._loop, **self._kwargs)


class Runner(web.AppRunner):
    """Runs the application behind the edge."""

    __slots__ = ("_patience", "_silent")

    def __init__(self, app: web.Application, silent: Silent, patience: float = HEADER_SECONDS) -> None:
        super().__init__(
            app,
            access_log=None,
            shutdown_timeout=DRAIN,
            max_line_size=HEADER_LIMIT,
            max_field_size=HEADER_LIMIT,
            keepalive_timeout=IDLE_SECONDS,
        )
        self._patience, self._silent = patience, silent

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        edge = Edge(made.request_handler, request_factory=made.request_factory, **made._kwargs)
        edge.patience, edge.silent = self._patience, self._silent
        return edge
