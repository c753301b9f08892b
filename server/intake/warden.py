"""The process that hostile files are opened in: it stands ready, and forks a limited child for each file.

Started as an interpreter of its own, so it never held a secret or a connection. A child may use so much memory and
processor time, write no file, reach no network, start no program; what it answers is JSON and nothing else.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import struct
import sys
from collections.abc import Callable
from typing import Any, Final

_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000
_FORBIDDEN: Final = frozenset(
    {"socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "os.exec", "os.fork", "os.system"}
)


def main() -> None:
    """Arguments: the socket's path, then the modules to hold ready. Ends when standard input does."""
    path, *modules = sys.argv[1:]
    for module in modules:
        importlib.import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(64)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        _serve(listener)


def _serve(listener: socket.socket) -> None:
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in ready:
            return
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            _child(connection)
        connection.close()


def _child(connection: socket.socket) -> None:
    """Never returns."""
    code = 1
    with contextlib.suppress(BaseException):
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        with connection.makefile("rwb") as stream:
            header = json.loads(stream.read(struct.unpack("!I", stream.read(4))[0]))
            files = [stream.read(size) for size in header["sizes"]]
            _limit(header["limits"])
            stream.write(json.dumps(_answer(header["task"], header["arguments"], files)).encode())
            stream.flush()
        code = 0
    os._exit(code)


def _limit(limits: dict[str, int]) -> None:
    """Seconds of processor and wall clock, bytes of address space."""
    signal.alarm(limits["wall"])
    with contextlib.suppress(OSError):
        # Where the kernel allows it, the child gets a network of its own with nothing in it.
        ctypes.CDLL(None).unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    bounds = {"CPU": limits["cpu"], "AS": limits["memory"], "FSIZE": 0, "CORE": 0, "NOFILE": 64}
    for name, value in bounds.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))
    sys.addaudithook(_forbid)


def _forbid(event: str, _: tuple[Any, ...]) -> None:
    if event in _FORBIDDEN:
        raise PermissionError(event)


def _answer(task: str, arguments: dict[str, Any], files: list[bytes]) -> dict[str, Any]:
    module, _, name = task.partition(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    try:
        return {"result": function(*files, **arguments)}
    except MemoryError:
        return {"error": "too_demanding", "detail": "memory"}
    except Exception as refused:  # the boundary: everything becomes an answer
        code = getattr(refused, "code", "unreadable_pdf")
        return {"error": code, "detail": f"{type(refused).__name__}: {refused}"[:500]}


if __name__ == "__main__":
    main()
