"""Idempotency-Key: the same key and body give the same answer, another body is refused.

One attempt at a time holds a key, and what it creates bears the id that was kept with the key before it began. An
attempt that was cut, by a stop or by a failure of ours, leaves both: whoever asks again looks for that id first, so
that nothing is created twice.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil

from aiohttp import web
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from review.errors import AlreadyThere, ChangedMeanwhile, NotFound, PortError
from review.ids import new_id
from review.ports import Clock, Kept, Repository
from server.problems import Problem, catalogue, problem_of

log = logging.getLogger("paraph.api")

LONGEST_KEY = 200
HELD = timedelta(seconds=30)
"""An attempt that has not answered by then counts as cut. Two at once do no harm: they create the same."""

REMEMBERED = timedelta(days=1)
PAUSE = timedelta(hours=6)
NONCE = 12
KEPT_HEADERS = ("ETag", "Location")


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """A key that was used. `id` is for what its request creates, `body` tells the same body from another.

    Without `status` an attempt holds it until `until`; answered, it is remembered until then. `sealed` is the answer.
    """

    id: str
    body: str
    until: datetime
    status: int = 0
    sealed: bytes = b""


@dataclass(frozen=True, slots=True)
class Asked:
    """`scope` names the caller and the address, `body` is what another request would say differently."""

    scope: str
    key: str
    body: bytes


Act = Callable[[str, bool], Awaitable[web.Response]]
"""Does what was asked, under the id for what it creates; True when an attempt before may have done so."""


@dataclass(frozen=True, slots=True)
class Answers:
    """`secret` is the office's own: with it and the caller's key alone an answer, such as a token, is read again."""

    answers: Repository[KeptAnswer]
    clock: Clock
    secret: bytes

    async def once(self, asked: Asked, act: Act) -> web.Response:
        """The answer given before, else that of `act`. Raises `key_reused`, or `slow_down` while an attempt runs.

        Refusals are not remembered: what was wrong may be mended and sent under the same key.
        """
        if not 0 < len(asked.key) <= LONGEST_KEY:
            raise Problem("bad_request")
        seal = Seal.of(self.secret, asked)
        held, again = await self._hold(seal, asked)
        if held.value.status:
            return seal.opened(held.value)
        try:
            response = await act(held.value.id, again)
        except BaseException as error:
            await self._let_go(held, error)
            raise
        await self._keep(held, seal, response)
        return response

    async def _hold(self, seal: Seal, asked: Asked) -> tuple[Kept[KeptAnswer], bool]:
        """The key, answered or held by this attempt from now on; and whether one before it was cut."""
        mark, now = seal.mark(asked.body), self.clock()
        try:
            return await self.answers.insert(seal.id, KeptAnswer(new_id(), mark, now + HELD)), False
        except AlreadyThere:
            pass
        try:
            kept = await self.answers.get(seal.id)
            if kept.value.body != mark:
                raise Problem("key_reused")
            if kept.value.status:
                return kept, False
            if kept.value.until > now:
                raise _busy(kept.value.until - now)
            return await self.answers.replace(kept, replace(kept.value, until=now + HELD)), True
        except (NotFound, ChangedMeanwhile):
            raise _busy(timedelta(seconds=1)) from None

    async def _keep(self, held: Kept[KeptAnswer], seal: Seal, response: web.Response) -> None:
        """What cannot be kept is answered all the same: asked again, what was created is found by its id."""
        until = self.clock() + REMEMBERED
        answered = replace(held.value, until=until, status=response.status, sealed=seal.closed(response))
        try:
            await self.answers.replace(held, answered)
        except PortError as error:
            log.warning("the answer to a key is not remembered: %s", error)

    async def _let_go(self, held: Kept[KeptAnswer], error: BaseException) -> None:
        """A refusal created nothing. After anything else the next attempt must find what this one may have created."""
        problem = problem_of(error)
        refused = problem is not None and catalogue()[problem.code].status < 500
        with suppress(PortError):  # then it is let go by the time
            if refused:
                await self.answers.delete(held)
            else:
                await self.answers.replace(held, replace(held.value, until=self.clock()))

    async def run(self) -> None:
        """For as long as the office is open: forgets what is old."""
        while True:
            try:
                await self.forget()
            except Exception:
                log.exception("old keys could not be forgotten")
            await asyncio.sleep(PAUSE.total_seconds())

    async def forget(self) -> int:
        """How many keys were forgotten."""
        page = await self.answers.find()
        forgotten = await self._forget(page.items)
        while page.next is not None:
            page = await self.answers.find(after=page.next)
            forgotten += await self._forget(page.items)
        return forgotten

    async def _forget(self, keys: Sequence[Kept[KeptAnswer]]) -> int:
        now = self.clock()
        old = [one for one in keys if _end(one.value) <= now]
        for kept in old:
            with suppress(NotFound, ChangedMeanwhile):
                await self.answers.delete(kept)
        return len(old)


def _end(key: KeptAnswer) -> datetime:
    """One whose attempt was cut is remembered as long as one that was answered."""
    return key.until if key.status else key.until + REMEMBERED


def _busy(wait: timedelta) -> Problem:
    return Problem("slow_down", headers={"Retry-After": str(max(1, ceil(wait.total_seconds())))})


@dataclass(frozen=True, slots=True)
class Seal:
    """Everything that is kept of one key is derived from the office's secret, the key and its scope."""

    root: bytes

    @classmethod
    def of(cls, secret: bytes, asked: Asked) -> Seal:
        return cls(_hmac(secret, f"{asked.scope}\n{asked.key}".encode(errors="surrogatepass")))

    @property
    def id(self) -> str:
        return _hmac(self.root, b"id").hex()

    def mark(self, body: bytes) -> str:
        """Not a plain hash: a body may hold a password or a PIN, which are few enough to be tried."""
        return _hmac(self.root, b"body\n" + body).hex()

    def closed(self, response: web.Response) -> bytes:
        headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        plain = json.dumps([response.content_type, headers, response.text or ""]).encode()
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, None)

    def opened(self, answer: KeptAnswer) -> web.Response:
        """Raises `key_reused` for one that was sealed with another secret, as after a restore without it."""
        try:
            plain = self._cipher.decrypt(answer.sealed[:NONCE], answer.sealed[NONCE:], None)
        except InvalidTag:
            raise Problem("key_reused") from None
        media_type, headers, text = json.loads(plain)
        headers["Cache-Control"] = "no-store"
        return web.Response(status=answer.status, text=text, content_type=media_type, headers=headers)

    @property
    def _cipher(self) -> AESGCM:
        return AESGCM(_hmac(self.root, b"answer"))


def _hmac(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, data, hashlib.sha256).digest()
