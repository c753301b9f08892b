"""The real server, killed and started again at little cost: a process that has read the program forks one each time.

with cradle(data) as servers:
    servers.start()             # servers.url …
    servers.kill()
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.paraph import PATIENCE, ROOT, free_port

BORN, READY, GONE = "born ", "Paraph ready at ", "gone"


@dataclass(slots=True)
class Cradle:
    """One server at a time. `started_in` are the seconds that each start took until connections were accepted."""

    process: subprocess.Popen[str]
    url: str
    started_in: list[float] = field(default_factory=list)
    pid: int = 0

    def start(self) -> None:
        began = time.monotonic()
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        self.pid = int(self._until(BORN))
        self._until(READY)
        self.started_in.append(time.monotonic() - began)

    def kill(self) -> None:
        """As a power cut does: SIGKILL."""
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            self.pid = 0
            self._until(GONE)

    def _until(self, word: str) -> str:
        """The rest of the line that begins so; a server that says nothing for too long is ended."""
        assert self.process.stdout is not None
        impatience = threading.Timer(PATIENCE, self._end)
        impatience.start()
        try:
            for line in self.process.stdout:
                if line.startswith(word):
                    return line.removeprefix(word)
                if line.startswith(GONE):
                    self.pid = 0
                    break
        finally:
            impatience.cancel()
        raise RuntimeError("the server ended by itself, or did not say that it is ready")

    def _end(self) -> None:
        os.kill(self.pid or self.process.pid, signal.SIGKILL)


@contextmanager
def cradle(data: Path) -> Iterator[Cradle]:
    port, pipe = free_port(), subprocess.PIPE
    data.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", __spec__.name, "serve", "--port", str(port), "--data", str(data)]
    with (data / f"server-{port}.log").open("a") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=log, text=True)
    servers = Cradle(process, f"http://localhost:{port}")
    try:
        yield servers
    finally:
        servers.kill()
        process.communicate(timeout=PATIENCE)


def main(arguments: Sequence[str]) -> None:
    """Forks a server for each line that comes, and waits for its end."""
    from server.__main__ import main as serve

    while sys.stdin.readline():
        child = os.fork()
        if not child:
            os._exit(serve(arguments))
        print(f"{BORN}{child}", flush=True)
        os.waitpid(child, 0)
        print(GONE, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
