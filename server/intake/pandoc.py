"""Foreign text formats through pandoc, in a child process that may not reach files or the network, nor last long.

`--sandbox` keeps pandoc away from everything but its standard streams, `-M` bounds its heap, and the system's limits
bound processor time and open files. Its Haskell runtime reserves address space in terabytes, so that is not limited.
"""

from __future__ import annotations

import asyncio
import json
import sys
from base64 import b64encode
from collections.abc import Callable, Mapping
from enum import StrEnum

import pypandoc  # type: ignore[import-untyped]

from review.content import Content
from review.exchange import Dialect, Reading, Remark, read, write
from server.problems import Problem

MAX_BYTES = 50 * 2**20
MAX_TREE = 64 * 2**20
SECONDS = 20
HEAP = "-M512M"

_LIMITED = """
import os, resource, sys
seconds = int(sys.argv[1])
for limit, value in (("CPU", seconds), ("NOFILE", 64), ("CORE", 0), ("FSIZE", 0)):
    resource.setrlimit(getattr(resource, "RLIMIT_" + limit), (value, value))
os.execve(sys.argv[2], sys.argv[2:], {"LANG": "C.UTF-8", "HOME": "/nonexistent", "PATH": ""})
"""


class Source(StrEnum):
    """What can be read, by pandoc's names."""

    DOCX = "docx"
    ODT = "odt"
    MARKDOWN = "markdown"
    HTML = "html"


OPTIONS = {
    Dialect.MARKDOWN: ("markdown", "--wrap=none"),
    Dialect.HTML: ("html5", "--wrap=none"),
    Dialect.DOCX: ("docx",),
    Dialect.ODT: ("odt",),
}


async def take_in(data: bytes, source: Source, image: Callable[[str], str | None]) -> Reading:
    """The content of a foreign file, without ids. `image` as in `review.exchange.read`.

    Raises `Problem` `unreadable_file` when it is none of that kind, `too_large`, and `BadContent`.
    """
    tracked = ["--track-changes=all"] if source is Source.DOCX else []
    printed = await _pandoc(data, "-f", source.value, "-t", "json", *tracked)
    if len(printed) > MAX_TREE:
        raise Problem("too_large")
    return await asyncio.to_thread(_read, printed, image)


def _read(printed: bytes, image: Callable[[str], str | None]) -> Reading:
    try:
        tree = json.loads(printed)
    except (ValueError, RecursionError) as wrong:
        raise Problem("unreadable_file") from wrong
    return read(tree, image)


async def give_out(
    content: Content,
    dialect: Dialect,
    pictures: Mapping[str, bytes] | None = None,
    remarks: Mapping[str, Remark] | None = None,
) -> bytes:
    """The content as a file of another format. `pictures` holds bytes by the `src` that the content names.

    Raises `Problem`, `review.errors.TableTooWide`.
    """
    found = pictures or {}

    def address(src: str) -> str:
        return _data_uri(found[src]) if src in found else src

    def tree() -> bytes:
        return json.dumps(write(content, dialect, address, remarks)).encode()

    return await _pandoc(await asyncio.to_thread(tree), "-f", "json", "-t", *OPTIONS[dialect])


def _data_uri(data: bytes) -> str:
    kind = "png" if data.startswith(b"\x89PNG") else "gif" if data.startswith(b"GIF8") else "jpeg"
    return f"data:image/{kind};base64,{b64encode(data).decode()}"


async def _pandoc(data: bytes, *arguments: str) -> bytes:
    if len(data) > MAX_BYTES:
        raise Problem("too_large")
    command = [pypandoc.get_pandoc_path(), "--sandbox", *arguments, "+RTS", HEAP, "-RTS"]
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", "-c", _LIMITED, str(SECONDS), *command),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(2 * SECONDS):
            written, _ = await child.communicate(data)
    except TimeoutError as late:
        raise Problem("unreadable_file") from late
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode != 0:
        raise Problem("unreadable_file")
    return written
