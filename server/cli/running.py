"""How a command does its work: on the chosen storage, with an answer for people or for machines, and an exit code."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import errno
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from review.errors import PortError, ReviewError, Trouble
from server.problems import LOCALES, field_words, problem_of, words
from server.settings import Settings
from storage.errors import InUse, StorageError, Unavailable

FAILED, REFUSED = 1, 2
UNWRITABLE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EIO})

Work = Callable[[argparse.Namespace], Awaitable["Result"]]


@dataclass(frozen=True, slots=True)
class Result:
    """`data` for machines, `lines` for people. `good` is whether all is well: the exit code says the same."""

    data: Any
    lines: Sequence[str]
    good: bool = True


def running(work: Work) -> Callable[[argparse.Namespace], int]:
    """The command's `run`: whatever is refused is said in one line, never as a trace."""

    def run(chosen: argparse.Namespace) -> int:
        try:
            result = asyncio.run(_awaited(work(chosen)))
        except (StorageError, PortError, ReviewError, OSError, ValueError) as error:
            return _refused(chosen, getattr(error, "code", "failed"), why(error))
        except Exception as error:
            problem = problem_of(error)
            if problem is None:
                raise
            return _refused(chosen, problem.code, _in_words(error))
        _print(chosen, result)
        return 0 if result.good else FAILED

    return run


async def _awaited(work: Awaitable[Result]) -> Result:
    return await work


def _print(chosen: argparse.Namespace, result: Result) -> None:
    if chosen.json:
        print(json.dumps(result.data, ensure_ascii=False, indent=2))
    else:
        print("\n".join(result.lines))


def _refused(chosen: argparse.Namespace, code: str, why: str) -> int:
    if chosen.json:
        print(json.dumps({"error": {"code": code, "detail": why}}, ensure_ascii=False))
    print(f"paraph: {why}", file=sys.stderr)
    return REFUSED


def why(error: Exception, folder: Path | None = None) -> str:
    """In one line, for people. `folder`: where the database file stands."""
    if folder is not None and cannot_write(error):
        return f"the disk is full or cannot be written, look at the folder {folder.resolve()} ({_plain(error)})"
    if not dataclasses.is_dataclass(error):
        return str(error)
    told = {field.name: str(getattr(error, field.name)) for field in dataclasses.fields(error)}
    told.pop("trouble", None)  # a code, for programs
    said = told.pop("why", "") or getattr(error, "code", "").replace("_", " ")
    return f"{said}: {', '.join(f'{name} {value}' for name, value in told.items())}" if told else said


def cannot_write(error: Exception) -> bool:
    """Whether what fails is the disk, not a file that somebody else has open."""
    if isinstance(error, Unavailable):
        return not isinstance(error, InUse) and error.trouble is not Trouble.BUSY
    return isinstance(error, OSError) and error.errno in UNWRITABLE


def _plain(error: Exception) -> str:
    return error.why if isinstance(error, Unavailable) else str(error)


def _in_words(error: BaseException) -> str:
    problem = problem_of(error)
    if problem is None:
        return str(error)
    _, title, detail = words(problem, LOCALES[-1])
    fields = ", ".join(f"{field.path}: {field_words(field, LOCALES[-1])}" for field in problem.fields)
    return f"{title}. {fields or detail}".strip()


def database_file(settings: Settings) -> Path | None:
    """`None` where the database is no file here."""
    parts = urlsplit(settings.database)
    return Path(unquote(parts.path[1:])) if parts.scheme == "sqlite" else None


def existing(settings: Settings) -> Settings:
    """The same settings. Raises `FileNotFoundError` where there is no database to look at: none is made by looking."""
    file = database_file(settings)
    if file is not None and not file.is_file():
        raise FileNotFoundError(f"there is no database at {file}")
    return settings


def add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="answer in JSON, for machines")
