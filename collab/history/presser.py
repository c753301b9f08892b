"""Presses segments in a process of its own, so that nobody who writes meanwhile waits for it.

The process starts with the first journal that is long enough and ends when none came for a while, or with the server:
it lives as long as its standard input does. Jobs and answers are MessagePack, their length in four bytes before them.
"""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress
from typing import BinaryIO, Final

import msgspec

from collab.errors import CollabError, NotCompacted
from collab.history.compaction import press
from collab.journal.archive import Job, Pressed

LINGERS = 60.0
"""Seconds without a job after which the process ends."""

_START: Final = "import sys; sys.path[:] = {path!r}; from collab.history.presser import main; main()"
_HEAD: Final = 4


class Answer(msgspec.Struct, frozen=True):
    pressed: Pressed | None = None
    refused: str = ""


class Presser:
    """One job at a time; the compactor has no more."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._ending: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()

    async def __call__(self, job: Job) -> Pressed:
        """Raises `NotCompacted` with the reason."""
        async with self._turn:
            self._stay()
            try:
                answer = await self._ask(job)
            except BaseException as error:  # an answer left behind would be taken for the next job's
                await self._end()
                if isinstance(error, OSError | EOFError):
                    raise NotCompacted(job.document, "the process ended") from error
                raise
            self._ending = asyncio.get_running_loop().create_task(self._linger(), name="end of compaction")
        if answer.pressed is None:
            raise NotCompacted(job.document, answer.refused)
        return answer.pressed

    async def _ask(self, job: Job) -> Answer:
        process = await self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(_framed(msgspec.msgpack.encode(job)))
        await process.stdin.drain()
        size = int.from_bytes(await process.stdout.readexactly(_HEAD), "big")
        return msgspec.msgpack.decode(await process.stdout.readexactly(size), type=Answer)

    async def _started(self) -> asyncio.subprocess.Process:
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-c", _START.format(path=sys.path)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                start_new_session=True,
            )
        return self._process

    def _stay(self) -> None:
        if self._ending:
            self._ending.cancel()
            self._ending = None

    async def _linger(self) -> None:
        await asyncio.sleep(LINGERS)
        async with self._turn:
            self._ending = None
            await self._end()

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await process.wait()

    async def close(self) -> None:
        self._stay()
        async with self._turn:
            await self._end()


def _framed(data: bytes) -> bytes:
    return len(data).to_bytes(_HEAD, "big") + data


def main() -> None:
    """The process: answers jobs until its input ends."""
    os.nice(5)
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    with suppress(BrokenPipeError):  # the server is gone, and nobody waits
        while (data := _next(source)) is not None:
            sink.write(_framed(msgspec.msgpack.encode(_answer(data))))
            sink.flush()


def _next(source: BinaryIO) -> bytes | None:
    """None when the input ends, also in the middle of a job."""
    size = int.from_bytes(source.read(_HEAD), "big")
    data = source.read(size)
    return data if size and len(data) == size else None


def _answer(data: bytes) -> Answer:
    try:
        return Answer(press(msgspec.msgpack.decode(data, type=Job)))
    except CollabError as error:
        return Answer(refused=str(error))
