"""The form of a fact in the log: a row that is hashed for ever, and a payload beside it that can be erased.

The row is canonical JSON (RFC 8785) with the fact's number and the hash of the row before it; its hash is the
SHA-256 of its bytes. Who it was stands in the payload, and the row holds only the salted hash of that.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

import msgspec
import rfc8785

from review.facts import Fact, Recorded
from review.ids import PersonId

ORIGIN = "0" * 64
"""What the first row names as the hash of the row before it."""

PERSONAL = frozenset({"person", "people", "persons", "signer", "signers", "login", "name", "author", "for", "deputy"})
"""Keys of a fact's data whose values name people."""

ERASED = "erased"


class Told(msgspec.Struct, frozen=True):
    """A fact as it is kept for reading: `row` exactly as in the log, and the payload, as long as it may be known."""

    row: str
    payload: dict[str, Any]
    erased: bool = False


def tell(fact: Fact, seq: int, prev: str) -> Told:
    """The fact as number `seq`, behind the row whose hash is `prev`."""
    raw: dict[str, Any] = msgspec.to_builtins(fact)
    data = raw["data"]
    payload = {
        "by": raw["by"],
        "only": raw["only"],
        "data": {key: data[key] for key in data if key in PERSONAL},
        "salt": secrets.token_hex(16),
    }
    row = {
        "seq": seq,
        "prev": prev,
        "id": raw["id"],
        "type": raw["type"],
        "at": raw["at"],
        "document": raw["document"],
        "data": {key: data[key] for key in data if key not in PERSONAL},
        "sealed": seal_of(payload),
    }
    return Told(rfc8785.dumps(row).decode(), json.loads(rfc8785.dumps(payload)))


def seal_of(payload: Mapping[str, Any]) -> str:
    return hashlib.sha256(rfc8785.dumps(dict(payload))).hexdigest()


def hash_of(row: bytes) -> str:
    return hashlib.sha256(row).hexdigest()


def recorded(told: Told) -> Recorded:
    """The fact with its place, people included as far as they are still known."""
    row, payload = json.loads(told.row), told.payload
    raw = {key: row[key] for key in ("id", "type", "at", "document")}
    raw |= {"by": payload["by"], "only": payload["only"], "data": row["data"] | payload["data"]}
    return Recorded(row["seq"], msgspec.convert(raw, Fact), hash_of(told.row.encode()))


def people_in(payload: Mapping[str, Any]) -> list[str]:
    """Everybody the payload names."""
    named = [payload["by"], *payload["only"]]
    for value in payload["data"].values():
        named += value if isinstance(value, list) else [value]
    return sorted({one for one in named if isinstance(one, str) and one not in ("", ERASED)})


def without(told: Told, person: PersonId) -> Told:
    """The same fact with this person taken out of the payload. The row, and so the chain, stays as it is."""

    def cleared(value: Any) -> Any:
        if isinstance(value, list):
            return [cleared(one) for one in value]
        return ERASED if value == person else value

    payload = told.payload
    kept = payload | {
        "by": None if payload["by"] == person else payload["by"],
        "only": cleared(payload["only"]),
        "data": {key: cleared(value) for key, value in payload["data"].items()},
    }
    return Told(told.row, kept, erased=True)


def flaw_of(told: Told) -> str | None:
    """Why this payload is not the one that was sealed; None when it is, or when a person was taken out of it."""
    if told.erased or json.loads(told.row)["sealed"] == seal_of(told.payload):
        return None
    return "the people it names are not those that were sealed"
