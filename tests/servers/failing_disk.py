"""The server on a disk that fails when it is told to, below SQLite: a file system layer between it and the real one.

`PARAPH_TEST_DISK` names a file. While it says `full`, writing answers as a full disk does; while it says `broken`,
flushing answers with an input/output error. Reading works, as it does on such disks.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import apsw

from server.__main__ import main

FULL, BROKEN = "full", "broken"
SWITCH = "PARAPH_TEST_DISK"


def says() -> str:
    try:
        return Path(os.environ[SWITCH]).read_text()
    except FileNotFoundError:
        return ""


class FailingFile(apsw.VFSFile):
    def __init__(self, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        super().__init__("unix", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        if says() == FULL:
            raise apsw.FullError("no space left on device")
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:
        if says() == BROKEN:
            raise apsw.IOError("input/output error")
        super().xSync(flags)


class FailingDisk(apsw.VFS):
    def __init__(self) -> None:
        super().__init__("failing", "unix", makedefault=True)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        return FailingFile(name, flags)


if __name__ == "__main__":
    disk = FailingDisk()
    sys.exit(main())
