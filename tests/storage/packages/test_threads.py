"""Several packages are judged at the same time, each in a thread: the native XML library must survive that."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from storage.packages.formats import build
from tests.storage.packages.datasets import a_dataset

PROCESSES, THREADS = 24, 8
JUDGE = f"""
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from storage.packages import check

data, gate = Path(sys.argv[1]).read_bytes(), Barrier({THREADS})
def judge(_):
    gate.wait()
    return check.inspect(data).format
with ThreadPoolExecutor({THREADS}) as pool:
    print(*pool.map(judge, range({THREADS})))
"""


def test_fresh_processes_judge_their_first_packages_in_several_threads_at_once(tmp_path: Path) -> None:
    package = tmp_path / "package.zip"
    package.write_bytes(build("eark-sip", a_dataset()).data)
    for _ in range(PROCESSES):
        done = subprocess.run([sys.executable, "-c", JUDGE, package], capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stdout.split()) == (0, ["eark-sip"] * THREADS), done.stderr
