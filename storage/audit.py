"""Anchors the log of facts in time, and proves to others that a document's facts are in it, whole and unaltered.

A chain alone cannot show that its tail was cut off. So its head `{root, size}` is time-stamped now and then by
somebody else; whoever holds that token can tell.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import rfc8785

from review.ports import Clock
from storage.chain import Told, flaw_of, hash_of
from storage.engine import Engine, Flaw
from storage.errors import Corrupt, Duplicate
from storage.factlog import STREAM, Log
from storage.kinds import HEADS
from storage.merkle import Tree, root_of_proof
from storage.records import translated

PAGE = 1000

Timestamp = Callable[[bytes], Awaitable[bytes]]
"""The RFC 3161 token over the SHA-256 of these bytes."""


class Head(msgspec.Struct, frozen=True, omit_defaults=True):
    """`root` of the first `size` rows. `token` time-stamps the canonical JSON of `{root, size}`, in base 64."""

    size: int
    root: str
    at: str | None = None
    token: str | None = None

    @property
    def stamped(self) -> bytes:
        """The bytes that the token is about."""
        return rfc8785.dumps({"root": self.root, "size": self.size})


_HEADS = msgspec.json.Decoder(Head)


@dataclass(slots=True)
class Audit:
    """One for a process: it keeps the tree of the log in memory and lets it grow."""

    engine: Engine
    log: Log
    clock: Clock
    timestamp: Timestamp
    _tree: Tree = field(default_factory=Tree)
    _latest: Head | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def head(self) -> Head:
        """Of the log as it stands now."""
        with translated("facts", ""):
            tree = await self._grown()
        return Head(len(tree), tree.root().hex())

    async def seal(self) -> Head:
        """Have the head time-stamped and keep it; where nothing came since the last time, that one stands.

        Raises what `timestamp` raises; then the log stays as it is, and the next sealing covers it too.
        """
        head = await self.head()
        known = await self._newest()
        if known is not None and known.size == head.size:
            return known
        token = await self.timestamp(head.stamped)
        sealed = Head(head.size, head.root, self.clock().isoformat(), base64.b64encode(token).decode())
        with translated(HEADS.name, ""):
            try:
                await self.engine.insert(HEADS.name, _key(head.size), msgspec.json.encode(sealed), {})
            except Duplicate:
                return _HEADS.decode((await self.engine.get(HEADS.name, _key(head.size))).body)
        return sealed

    async def sealed_heads(self) -> list[Head]:
        """All of them, in order of size."""
        return await sealed_heads(self.engine)

    async def extract(self, document: str) -> dict[str, Any]:
        """What proves a document's facts to somebody who has nothing else; `check_extract` reads it.

        Shape: `{document, head: Head, entries: [{seq, hash, type, row, payload, proof: [hex]}]}`. The head is the
        last sealed one where that covers every entry, else the present one without a token.
        """
        told = await self._of_document(document)
        head = await self._covering(json.loads(told[-1].row)["seq"] if told else 0)
        with translated("facts", document):
            tree = await self._grown()
        return {
            "document": document,
            "head": msgspec.to_builtins(head),
            "entries": [_proven(tree, one, head.size) for one in told],
        }

    async def _of_document(self, document: str) -> list[Told]:
        found: list[Told] = []
        after = 0
        with translated("facts", document):
            while some := await self.log.told(after, PAGE, document):
                found += some
                after = json.loads(some[-1].row)["seq"]
        return found

    async def _covering(self, size: int) -> Head:
        newest = await self._newest()
        return newest if newest and newest.size >= size else await self.head()

    async def _newest(self) -> Head | None:
        """The last sealed head, whoever sealed it; only what came since the last time is read."""
        with translated(HEADS.name, ""):
            while records := await self.engine.find(HEADS.name, after=_after(self._latest), limit=PAGE):
                self._latest = _HEADS.decode(records[-1].body)
        return self._latest

    async def _grown(self) -> Tree:
        """The tree of all rows there are. Raises `Corrupt` when the log lost rows under us."""
        async with self._lock:
            while entries := await self.engine.read(STREAM, len(self._tree), PAGE):
                if entries[0].seq != len(self._tree) + 1:
                    raise Corrupt(f"stream {STREAM}, entry {len(self._tree) + 1}", "it is missing")
                for entry in entries:
                    self._tree.append(entry.rows[0])
            return self._tree


def _key(size: int) -> str:
    return f"{size:012d}"


def _after(head: Head | None) -> str:
    return _key(head.size) if head else ""


def _proven(tree: Tree, told: Told, size: int) -> dict[str, Any]:
    row = json.loads(told.row)
    return {
        "seq": row["seq"],
        "hash": hash_of(told.row.encode()),
        "type": row["type"],
        "row": told.row,
        "payload": told.payload,
        "erased": told.erased,
        "proof": [sibling.hex() for sibling in tree.inclusion(row["seq"] - 1, size)],
    }


async def sealed_heads(engine: Engine) -> list[Head]:
    heads: list[Head] = []
    after = ""
    with translated(HEADS.name, ""):
        while records := await engine.find(HEADS.name, after=after, limit=PAGE):
            heads += [_HEADS.decode(record.body) for record in records]
            after = records[-1].id
    return heads


def check_extract(extract: Mapping[str, Any]) -> list[Flaw]:
    """What is wrong with an extract by itself: rows, people, proofs. Its token is for a time-stamp's verifier."""
    head, flaws = extract["head"], list[Flaw]()
    for entry in extract["entries"]:
        place = f"fact {entry['seq']}"
        told = Told(entry["row"], entry["payload"], entry["erased"])
        row, raw = json.loads(told.row), told.row.encode()
        if (row["seq"], row["type"], hash_of(raw)) != (entry["seq"], entry["type"], entry["hash"]):
            flaws.append(Flaw(place, "its number, type or hash is not that of its row"))
        if row["document"] != extract["document"]:
            flaws.append(Flaw(place, "it is another document's"))
        if why := flaw_of(told):
            flaws.append(Flaw(place, why))
        proof = [bytes.fromhex(sibling) for sibling in entry["proof"]]
        root = root_of_proof(raw, row["seq"] - 1, head["size"], proof)
        if root is None or root.hex() != head["root"]:
            flaws.append(Flaw(place, "its proof does not lead to the head"))
    return flaws
