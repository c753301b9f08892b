"""What processes tell each other, none of which must arrive. MessagePack; fields go by their place, new ones last."""

from __future__ import annotations

import msgspec


class Said(msgspec.Struct, frozen=True, array_like=True):
    """The awareness state of one client of this person, as `collab.awareness` has it."""

    document: str
    person: str
    client: int
    clock: int
    state: str


class Work(msgspec.Struct, frozen=True, array_like=True):
    """How far a job is."""

    job: str
    kind: str
    person: str
    document: str | None
    state: str
    done: int
    total: int


class Letter(msgspec.Struct, frozen=True, array_like=True):
    """`rings` are the newest journal entries by document, `facts` the newest number of the log of facts, `here` who is
    at a document there, `asked` the documents of which the sender wants to know. An empty letter tells that the sender
    lives; one with `bye` that it stops.
    """

    node: str
    rings: dict[str, int] = {}
    facts: int = 0
    said: list[Said] = []
    asked: list[str] = []
    here: dict[str, list[dict[str, str]]] = {}
    jobs: list[Work] = []
    bye: bool = False


_LETTERS = msgspec.msgpack.Decoder(Letter)


def write(letter: Letter) -> bytes:
    return msgspec.msgpack.encode(letter)


def read(data: bytes) -> Letter | None:
    """None for what a process of another version may have meant."""
    try:
        return _LETTERS.decode(data)
    except msgspec.DecodeError:
        return None
