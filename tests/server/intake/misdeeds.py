"""What a captured reader might try inside the limited child."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path


def answer(data: bytes) -> int:
    return len(data)


def hoard(_: bytes) -> int:
    return len(bytearray(4 * 2**30))


def spin(_: bytes) -> None:
    while True:
        pass


def halt(data: bytes) -> int:
    """Goes on when somebody lets it."""
    os.kill(os.getpid(), signal.SIGSTOP)
    return len(data)


def die(_: bytes) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def connect(_: bytes) -> None:
    socket.create_connection(("127.0.0.1", 9), timeout=1).close()


def start_program(_: bytes) -> None:
    subprocess.run([sys.executable, "-c", ""], check=True)


def write_file(_: bytes) -> None:
    Path("/tmp/paraph-misdeed").write_text("x")


def environment(_: bytes) -> list[str]:
    return list(os.environ)
