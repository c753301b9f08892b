"""The page of the wire: `paraph.1` byte by byte, its examples written by the code that speaks it."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import WSCloseCode

from collab import protocol
from collab.errors import (
    BadSchema,
    ForeignClient,
    Malformed,
    NotAllowed,
    NotSaved,
    Refusal,
    SlowDown,
    TooLarge,
)
from collab.lib0 import write_uint
from collab.room.delivery import LARGEST, MOST
from collab.room.member import FAILED, GONE, RESTARTING
from collab.update import write_vector
from server.realtime import hearing, sync

CODES: Mapping[type[Refusal], str] = {
    NotAllowed: "this person may not write, or not in this state of the document; detail: the role",
    ForeignClient: "a client id that another member has used, or is present with; detail: the id. "
    "Take a new one and send the text again",
    Malformed: "no well-formed update; detail: what is wrong with it",
    TooLarge: f"more than {LARGEST:,} bytes, or {MOST:,} structs or deletions (detail: `size > allowed`); "
    "or more work for everybody who reads it than is borne (detail: `steps size > allowed`)",
    BadSchema: "a node, mark, attribute or root that the schema does not know; detail: which",
    NotSaved: "storage does not take it now, send it again later; or the draft is damaged (the detail says so)",
    SlowDown: "more than can be queued; the same update may be sent again later",
}
CLOSES: Mapping[int, str] = {
    hearing.NOT_BINARY: "a text frame: messages are binary",
    hearing.NOT_A_MESSAGE: "bytes that are no message",
    WSCloseCode.MESSAGE_TOO_BIG: "a frame larger than an update may be",
    FAILED: "a fault of the server's: what became of the last message is not known. Come back with what is not saved",
    RESTARTING: "the server restarts, storage does not answer, or the client is 8 MiB behind: come back",
    sync.NOT_SIGNED_IN: "not signed in, a used or expired ticket, or signed out meanwhile",
    GONE: "may not, or no longer, open it",
    sync.UNKNOWN: "unknown, or not yours to know",
    sync.OLD_SCHEMA: "`?schema=` names another version than the server's",
    sync.TOO_MANY: "too many sockets of one person",
}
VECTOR = write_vector({7: 300})


def examples() -> str:
    """One message of each type, in hexadecimal."""
    rows = [
        ("`epoch` 0", protocol.epoch(0)),
        ("`role` editor", protocol.role("editor")),
        ("`saved`: client 7 up to clock 300, the first 2 updates", protocol.saved(VECTOR, 2)),
        ("`refused`: update 3, `not_allowed`, `reader`", protocol.refused(3, NotAllowed.code, "reader")),
        ("to a plain client instead of it", protocol.denied("not_allowed: reader")),
    ]
    table = [f"| {words} | `{message.hex(' ')}` |" for words, message in rows]
    return "\n".join(["| message | bytes |", "|---|---|", *table])


def rows(explained: Mapping[str, str]) -> str:
    return "\n".join(f"| {name} | {words} |" for name, words in explained.items())


ENCODING = f"""## Encoding

Each WebSocket message is one binary frame with one message in lib0 encoding, and begins with its type.

- `varUint`: seven bits a byte, the lowest first; the eighth bit says that another byte follows. 300 is
  `{write_uint(300).hex(" ")}`.
- `varUint8Array`: a length as `varUint`, and that many bytes. `varString`: the same with UTF-8.
- A state vector is Yjs's, version 1: a `varUint` count, then a client id and a clock for each, all `varUint`. Client 7
  at clock 300 is `{VECTOR.hex(" ")}`.
"""
MESSAGES = """## Messages

| type | name | then | when |
|---|---|---|---|
| 0 | sync | `varUint` step (0 step 1, 1 step 2, 2 update), `varUint8Array` vector or update | y-protocols |
| 1 | awareness | `varUint8Array` states | y-protocols |
| 2 | auth | `varUint` 0, `varString` detail | to a plain client, in place of `refused` |
| 3 | query awareness | | from the client; answered by awareness |
| 100 | `saved` | `varUint8Array` state vector, `varUint` n | see below |
| 101 | `refused` | `varUint` n, `varString` code, `varString` detail | nothing of the update is in the document |
| 102 | `role` | `varString` role | after opening, and at every change; empty = no longer a member |
| 103 | `epoch` | `varUint` epoch | first of all |
"""
ORDER = """## In which order

1. Server: `epoch`, `role`, its sync step 1, awareness of who is there.
2. Client: its sync step 1; sync step 2 with what the server's vector lacks: the first update counted.
3. Server: sync step 2, `saved`. From then on updates in both directions.

- **Saved** comes after the answer to a sync step 1, and whenever updates of this connection were committed, or needed
  no writing. On disk is everything up to the vector, which names at least the client ids of this connection.
- **Counting.** Updates are the client's sync step 2 and update messages, counted from 1 in the order sent on this
  connection, empty ones too. `saved` with n: the first n are dealt with, those not refused are on disk. n never falls.
  A deletion moves no clock, so that the vector alone would not tell.
- **What lacks something.** An update that skips a clock, or refers to what the server has not got, is answered by the
  server's sync step 1. The client brings the whole as sync step 2, which is its next counted update; until then n
  stays below the one that lacked something.
- **Roles.** After the empty one the socket is closed with 4403.
- **Epochs.** Another epoch than that of the local copy means that a backup was restored: what this copy calls saved may
  be gone. The client starts from an empty copy, and offers what it has not saved to the person.
- **Client ids.** An id belongs to the person who used it first, also on their next connection.
"""


def page(note: str) -> str:
    codes = rows({f"`{refusal.code}`": words for refusal, words in CODES.items()})
    closes = rows({str(int(code)): words for code, words in sorted(CLOSES.items())})
    return f"""# `{protocol.PARAPH}` on the wire

`GET /sync/{{document}}` speaks the y-websocket protocol. A client that offers the sub-protocol `{protocol.PARAPH}`
(`Sec-WebSocket-Protocol`) is answered with the same, and is told more by four further messages. They go from the server
to the client only; without the sub-protocol none of them is sent. How a draft is opened, and what is decided beyond
this page: [live](live.md).

{note}
{ENCODING}
{MESSAGES}
{examples()}

{ORDER}
## Codes of `refused`

| code | when |
|---|---|
{codes}

## Close codes

| code | when |
|---|---|
{closes}

A refusal may also come before the upgrade, as the HTTP problem with its status: 400 for an unknown parameter, 403 for a
page of another site, 426 for a request that is no WebSocket's.
"""
