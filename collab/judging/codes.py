"""What is known of a struct's place, as a number, and what the schema allows there.

A code says it all: the place in the lowest two bits, then the holder (an element's number), then how deep children
stand, or which attribute it is the value of, then what the struct itself is: 0 no type, 1 a text, else an element's
number and one; then whether it is gone and was no type. Above 32 bits stands the parent, as its client's number and its
clock; 0 is the document.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from functools import cache

from collab.errors import BadSchema, Malformed
from collab.update import ROOT, Content, Struct
from collab.vocabulary import TEXT, check_attribute, check_child
from review.content import MAX_DEPTH
from review.schema import schema

HOLDER, DEPTH, MADE, PARENT, NUMBER = 2, 9, 15, 32, 32
NO_TYPE = 1 << 31
MADE_MASK = NO_TYPE - (1 << MADE)
CODE_MASK = (1 << PARENT) - 1

_PLACE_MASK, _HOLDER_MASK, _DEEPEST = 3, 127, 63
_STANDING = ~(MADE_MASK | NO_TYPE)


class Place(IntEnum):
    """GONE: nobody will ever see it, its surroundings are collected."""

    GONE = 0
    IN_TEXT = 1
    ATTRIBUTE = 2
    CHILD = 3


_PLACES = tuple(Place)
_GONE, _IN_TEXT = int(Place.GONE), int(Place.IN_TEXT)


@cache
def names() -> tuple[str, ...]:
    return ("", *sorted(name for name in schema().nodes if name != "text"))


@cache
def attributes() -> tuple[str, ...]:
    return ("", *sorted({name for node in schema().nodes.values() for name in node.attrs}))


@cache
def _attribute_numbers() -> dict[str, int]:
    return {name: number for number, name in enumerate(attributes())}


@cache
def _numbers() -> dict[str, int]:
    return {name: number for number, name in enumerate(names())}


def is_nowhere(code: int) -> bool:
    return code & _PLACE_MASK == _GONE


def is_among_letters(code: int) -> bool:
    """Whether it stands in a text and is no type."""
    return code & (_PLACE_MASK | MADE_MASK) == _IN_TEXT


def is_value(code: int) -> bool:
    return code & _PLACE_MASK == Place.ATTRIBUTE


def siblings_of(code: int) -> int:
    """The same for all that stand in one list: the children of one parent, or the values of one attribute."""
    return code & _STANDING


def recognised(struct: Struct, around: Sequence[int], within: int) -> int:
    """The code of a struct that is taken as it is, by the codes of those that it refers to.

    `within` says its parent where it names one.
    """
    code = _place_of(struct, around, within)
    if struct.content is Content.TYPE:
        made = 1 if struct.held == TEXT else _numbers().get(str(struct.held), 0) + 1
        return code | made << MADE
    if code == _GONE and struct.content not in (Content.COLLECTED, Content.DELETED):
        return _GONE | NO_TYPE
    return code


def checked(struct: Struct, around: Sequence[int], within: int) -> int:
    """The code of a new struct. Raises `BadSchema` for what does not belong there, `Malformed`."""
    if len(around) == 2 and (around[0] ^ around[1]) & _STANDING:
        raise Malformed("between two places")
    code = _place_of(struct, around, within)
    place, holder = _PLACES[code & _PLACE_MASK], names()[code >> HOLDER & _HOLDER_MASK]
    if struct.sub is not None and place is not Place.ATTRIBUTE and place is not Place.GONE:
        raise BadSchema("attribute", struct.sub)
    match place:
        case Place.IN_TEXT:
            _expect(struct, Content.TEXT, Content.FORMAT)
        case Place.ATTRIBUTE:
            _expect(struct, Content.VALUE)
            name = struct.sub if struct.sub is not None else attributes()[code >> DEPTH & _DEEPEST]
            for value in struct.held or ():
                check_attribute(holder, name, value)
        case Place.CHILD:
            _expect(struct, Content.TYPE)
            if struct.content is Content.TYPE:
                check_child(holder, str(struct.held))
                _check_depth(struct, code)
        case Place.GONE:
            _check_nowhere(struct, around)
    return recognised(struct, around, within)


def _place_of(struct: Struct, around: Sequence[int], within: int) -> int:
    """Where a struct stands, by its neighbours or its parent (Yjs `Item.getMissing`)."""
    if struct.content is Content.COLLECTED:
        return _GONE
    if struct.left or struct.right:
        beside = [code & _STANDING for code in around if code & _PLACE_MASK != _GONE]
        return beside[0] if beside else _GONE
    if struct.parent == ROOT:
        return Place.CHILD | _numbers()["doc"] << HOLDER | 1 << DEPTH
    made = (around[0] & MADE_MASK) >> MADE
    if made == 0 or around[0] & _PLACE_MASK == _GONE:
        return _GONE
    if made == 1:
        return _IN_TEXT | within
    holder = (made - 1) << HOLDER | within
    if struct.sub is not None:
        return Place.ATTRIBUTE | holder | _attribute_numbers().get(struct.sub, 0) << DEPTH
    return Place.CHILD | holder | min((around[0] >> DEPTH & _DEEPEST) + 1, _DEEPEST) << DEPTH


def _check_depth(struct: Struct, code: int) -> None:
    """Libraries delete and read what is nested by recursion: without a bound a small update ends the process."""
    if struct.held != TEXT and code >> DEPTH & _DEEPEST > MAX_DEPTH:
        raise BadSchema("node", f"{struct.held!s} nested too deep")


def _expect(struct: Struct, *contents: Content) -> None:
    if struct.content not in (Content.DELETED, *contents):
        raise BadSchema("content", struct.content.name.lower())


def _check_nowhere(struct: Struct, around: Sequence[int]) -> None:
    """Honest structs come to stand nowhere only because what was around them is deleted."""
    no_parent = [code for code in around if code & NO_TYPE or code & _PLACE_MASK in (Place.IN_TEXT, Place.ATTRIBUTE)]
    if no_parent and not (struct.left or struct.right):
        raise Malformed("a parent that is no element")
    if struct.content is Content.TYPE and struct.held != TEXT and str(struct.held) not in _numbers():
        raise BadSchema("node", str(struct.held))
