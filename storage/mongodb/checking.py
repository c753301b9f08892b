"""Reads a whole MongoDB database and compares it with what was meant to be written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping

from storage.engine import MISFILED, Flaw, TermsOf
from storage.errors import Corrupt
from storage.mongodb.blobs import Blobs
from storage.mongodb.connection import Document, translated
from storage.mongodb.logs import Logs, read_entry
from storage.mongodb.records import Records


async def verify(kinds: Iterable[Records], logs: Logs, blobs: Blobs, terms_of: Mapping[str, TermsOf]) -> list[Flaw]:
    flaws: list[Flaw] = []
    for records in kinds:
        flaws += await _verify_records(records, terms_of.get(records.kind.name))
    return [*flaws, *await _verify_log(logs), *await _verify_blobs(blobs)]


def _judged(read: Callable[[Document], object], found: Document) -> list[Flaw]:
    try:
        read(found)
    except Corrupt as error:
        return [Flaw(error.place, error.why)]
    return []


async def _verify_records(records: Records, terms_of: TermsOf | None) -> list[Flaw]:
    def read(found: Document) -> None:
        record = records.read(found)
        if terms_of is not None and found["k"] != records.keys(record.id, terms_of(record)):
            raise Corrupt(f"record {records.kind.name}/{record.id}", MISFILED)

    flaws: list[Flaw] = []
    with translated():
        async for found in records.kept.find({}):
            flaws += _judged(read, found)
    return flaws


async def _verify_log(logs: Logs) -> list[Flaw]:
    flaws: list[Flaw] = []
    stream, seq = "", 0
    with translated():
        async for found in logs.kept.find({}).sort([("s", 1), ("n", 1)]):
            if found["s"] == stream and found["n"] != seq + 1:
                flaws.append(Flaw(f"stream {stream}, entry {seq + 1}", "it is missing"))
            flaws += _judged(read_entry, found)
            stream, seq = found["s"], found["n"]
    return flaws


async def _verify_blobs(blobs: Blobs) -> list[Flaw]:
    flaws: list[Flaw] = []
    with translated():
        async for blob in blobs.published.find({}):
            flaws += await _verify_blob(blobs, blob["_id"])
    return flaws


async def _verify_blob(blobs: Blobs, sha256: str) -> list[Flaw]:
    digest = hashlib.sha256()
    try:
        async for data in blobs.open(sha256, 0):
            digest.update(data)
    except Corrupt as error:
        return [Flaw(error.place, error.why)]
    return [] if digest.hexdigest() == sha256 else [Flaw(f"blob {sha256}", "its bytes are not those that were kept")]
