"""A ZIP whose bytes depend on its files alone: sorted, one date, no owner, no host."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime

STORED = (".pdf", ".zip", ".png", ".jpg")
"""Ends of names whose bytes are compressed already."""


def pack(files: Mapping[str, bytes], moment: datetime) -> bytes:
    """The archive of these paths; `moment` is the date of every entry, to two seconds."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path in sorted(files):
            archive.writestr(_entry(path, moment), files[path])
    return out.getvalue()


def _entry(path: str, moment: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second))
    entry.compress_type = zipfile.ZIP_STORED if path.endswith(STORED) else zipfile.ZIP_DEFLATED
    entry.create_system = 3
    entry.external_attr = 0o100644 << 16
    return entry


def unpack(data: bytes) -> dict[str, bytes]:
    """Every file of an archive of our own; raises `zipfile.BadZipFile` when it is none or damaged."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist() if not entry.is_dir()}
