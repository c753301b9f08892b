"""Records as documents `{_id, r, b, c, k}`: revision, body, checksum, index values. One collection a kind.

Every change is one document matched by `{_id, r}`. Under `k` stand names of declared indexes only, and each
always has a value, because a unique index takes two missing ones for equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pymongo import IndexModel
from pymongo.errors import BulkWriteError, DuplicateKeyError

from storage.engine import Record, RecordKind, Terms, checksum
from storage.errors import Conflict, Corrupt, Duplicate, NotFound
from storage.mongodb.connection import Collection, Database, Document, refused_as_duplicate, translated


class Records:
    def __init__(self, database: Database, kind: RecordKind) -> None:
        self.kind = kind
        self.kept: Collection = database[f"record_{kind.name}"]

    async def setup(self) -> None:
        unique = [IndexModel([(f"k.{index}", 1)], unique=True) for index in sorted(self.kind.unique)]
        others = sorted(self.kind.indexes - self.kind.unique)
        indexes = [*unique, *(IndexModel([(f"k.{index}", 1), ("_id", 1)]) for index in others)]
        if indexes:
            with translated():
                await self.kept.create_indexes(indexes)

    async def insert(self, record: Record, terms: Terms) -> int:
        with translated():
            try:
                await self.kept.insert_one(self._document(record, terms))
            except DuplicateKeyError as error:
                raise await self._duplicate(record.id, terms, inserting=True) from error
        return record.rev

    async def insert_all(self, new: Sequence[tuple[Record, Terms]]) -> None:
        with translated():
            try:
                await self.kept.insert_many([self._document(record, terms) for record, terms in new], ordered=True)
            except BulkWriteError as error:
                refused = refused_as_duplicate(error)
                if refused is None:
                    raise
                record, terms = new[refused]
                raise await self._duplicate(record.id, terms, inserting=True) from error

    async def get(self, id: str) -> Record:
        with translated():
            found = await self.kept.find_one({"_id": id})
        if found is None:
            raise NotFound(self.kind.name, id)
        return self.read(found)

    async def replace(self, record: Record, terms: Terms) -> int:
        """`record.rev` is the revision to be replaced."""
        new = Record(record.id, record.rev + 1, record.body)
        change = {"$set": self._content(new, terms), "$inc": {"r": 1}}
        with translated():
            try:
                done = await self.kept.update_one({"_id": record.id, "r": record.rev}, change)
            except DuplicateKeyError as error:
                raise await self._duplicate(record.id, terms, inserting=False) from error
        if done.matched_count != 1:
            raise await self._missed(record.id, record.rev)
        return new.rev

    async def delete(self, id: str, rev: int) -> None:
        with translated():
            done = await self.kept.delete_one({"_id": id, "r": rev})
        if done.deleted_count != 1:
            raise await self._missed(id, rev)

    async def find(self, index: str | None, value: str, after: str, limit: int) -> list[Record]:
        wanted: Document = {"_id": {"$gt": after}}
        if index is not None:
            wanted[f"k.{index}"] = "=" + value
        with translated():
            found = await self.kept.find(wanted).sort("_id", 1).limit(limit).to_list()
        return [self.read(one) for one in found]

    def read(self, found: Document) -> Record:
        """Raises `Corrupt`."""
        record = Record(found["_id"], found["r"], found["b"])
        if checksum(self.kind.name, record.id, record.rev, record.body) != found["c"]:
            raise Corrupt(f"record {self.kind.name}/{record.id}", "its checksum does not match")
        return record

    def terms(self, found: Document) -> Terms:
        values: dict[str, list[str]] = found["k"]
        given = {index: [one[1:] for one in some if one.startswith("=")] for index, some in values.items()}
        return {index: some for index, some in given.items() if some}

    def keys(self, id: str, terms: Terms) -> dict[str, list[str]]:
        """What stands under `k` of a record that is found by these."""
        return {
            index: ["=" + value for value in sorted(set(terms.get(index, ())))] or ["-" + id]
            for index in sorted(self.kind.indexes | self.kind.unique)
        }

    def _document(self, record: Record, terms: Terms) -> Document:
        return {"_id": record.id, "r": record.rev, **self._content(record, terms)}

    def _content(self, record: Record, terms: Terms) -> dict[str, Any]:
        total = checksum(self.kind.name, record.id, record.rev, record.body)
        return {"b": record.body, "c": total, "k": self.keys(record.id, terms)}

    async def _missed(self, id: str, rev: int) -> Conflict | NotFound:
        with translated():
            found = await self.kept.find_one({"_id": id}, {"r": 1})
        return Conflict(f"{self.kind.name}/{id}", rev, found["r"]) if found else NotFound(self.kind.name, id)

    async def _duplicate(self, id: str, terms: Terms, *, inserting: bool) -> Duplicate:
        """Which of the unique things is taken; the server's own message differs from version to version."""
        if inserting and await self.kept.find_one({"_id": id}, {"_id": 1}):
            return Duplicate(self.kind.name, id)
        for index in sorted(self.kind.unique & terms.keys()):
            wanted = {f"k.{index}": {"$in": ["=" + value for value in terms[index]]}, "_id": {"$ne": id}}
            if await self.kept.find_one(wanted, {"_id": 1}):
                return Duplicate(self.kind.name, id, index)
        return Duplicate(self.kind.name, id, next(iter(sorted(self.kind.unique)), None))
