"""Runs a function on hostile bytes in a limited child, and waits for its plain answer.

`await intake.run("server.intake.tasks:verify", [data], {...})`. The children come from one warm interpreter
(`warden.py`), so that a file costs milliseconds, not the start of Python.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import struct
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

_START: Final = "import sys; sys.path[:] = {path!r}; from server.intake.warden import main; main()"
_MODULES: Final = ("server.intake.tasks",)
_MOST_ANSWER: Final = 32 * 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds of processor time and of the wall clock; bytes of address space."""

    cpu: int = 20
    wall: int = 40
    memory: int = 2 * 2**30


@dataclass(eq=False)
class Refused(Exception):
    """The function refused the file, or its child died of its limits (`too_demanding`)."""

    code: str
    detail: str

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


class Intake:
    """At most `children` at once; the others wait in line."""

    def __init__(self, children: int = 4) -> None:
        self._slots = asyncio.Semaphore(children)
        self._starting = asyncio.Lock()
        self._warden: asyncio.subprocess.Process | None = None
        self._folder: Path | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def run(
        self,
        task: str,
        files: Sequence[bytes],
        arguments: Mapping[str, Any] | None = None,
        limits: Limits | None = None,
    ) -> Any:
        """What the function returned, read from JSON. Raises `Refused`."""
        limits = limits or Limits()
        header = {"task": task, "arguments": dict(arguments or {}), "limits": asdict(limits)}
        encoded = json.dumps(header | {"sizes": [len(data) for data in files]}).encode()
        async with self._slots:
            try:
                async with asyncio.timeout(limits.wall + 5):
                    answer = await self._ask([struct.pack("!I", len(encoded)), encoded, *files])
            except TimeoutError as late:
                raise Refused("too_demanding", "time") from late
        if "error" in answer:
            raise Refused(answer["error"], answer["detail"])
        return answer["result"]

    async def _ask(self, parts: Sequence[bytes]) -> dict[str, Any]:
        reader, writer = await self._connect()
        try:
            writer.writelines(filter(None, parts))  # Python 3.13's asyncio would try to send an empty one for ever
            await writer.drain()
            printed = await reader.read(-1)
        except ConnectionError:
            printed = b""
        finally:
            writer.close()
        try:
            answer: dict[str, Any] = json.loads(printed[:_MOST_ANSWER])
        except ValueError:
            return {"error": "too_demanding", "detail": "the child ended without an answer"}
        return answer

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        async with self._starting:
            if self._warden is None or self._warden.returncode is not None:
                await self._start()
        return await asyncio.open_unix_connection(str(self._path), limit=_MOST_ANSWER)

    @property
    def _path(self) -> Path:
        if self._folder is None:
            raise RuntimeError("not started")
        return self._folder / "warden"

    async def _start(self) -> None:
        await self.close()
        self._folder = Path(tempfile.mkdtemp(prefix="paraph-intake-"))
        self._warden = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-c", _START.format(path=sys.path), str(self._path), *_MODULES),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={"LANG": "C.UTF-8", "PATH": "", "HOME": "/nonexistent"},
            start_new_session=True,
        )
        if self._warden.stdout is None or (await self._warden.stdout.readline()).strip() != b"ready":
            raise RuntimeError("the intake process did not start")

    async def close(self) -> None:
        if self._warden is not None:
            if self._warden.stdin is not None:
                self._warden.stdin.close()
            await self._warden.wait()
            self._warden = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
