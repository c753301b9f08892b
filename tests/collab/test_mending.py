"""Documents that other editors left in a shape the schema does not allow are read, and mended by the server."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from collab.document.draft import Draft
from collab.drafts.rooms import Rooms
from review.content import MAX_DEPTH, Content
from review.mending import Fault
from tests.collab.conftest import NOON, content
from tests.collab.memory_log import MemoryLog
from tests.collab.party import Party
from tests.collab.test_room import saved


def paragraph(text: str, id: str = "") -> XmlElement:
    return XmlElement("paragraph", {"id": id} if id else {}, [XmlText(text)])


def quotes(levels: int, inside: XmlElement) -> XmlElement:
    for level in range(levels):
        inside = XmlElement("blockquote", {"id": f"q{level}"}, [inside])
    return inside


def draft_of(*blocks: XmlElement) -> Draft:
    raw: Doc[Any] = Doc(client_id=7)
    body = raw.get("body", type=XmlFragment)
    for block in blocks:
        body.children.append(block)
    return Draft([raw.get_update()])


EMPTY_ROW = XmlElement("table", {}, [XmlElement("tableRow", {}, [XmlElement("tableCell")])])


@pytest.mark.parametrize(
    ("block", "fault"),
    [
        (XmlElement("bulletList", {"id": "l"}), Fault.EMPTY),
        (XmlElement("bulletList", {"id": "l"}, [XmlElement("listItem")]), Fault.EMPTY),
        (XmlElement("blockquote", {"id": "q"}), Fault.EMPTY),
        (XmlElement("table", {"id": "t"}), Fault.EMPTY),
        (EMPTY_ROW, Fault.EMPTY),
        (quotes(MAX_DEPTH + 20, paragraph("hluboko", "x")), Fault.DEEP),
        (paragraph("dvakrát", "a"), Fault.SAME_ID),
    ],
)
def test_it_is_read_with_all_its_words_and_mended(block: XmlElement, fault: Fault) -> None:
    draft = draft_of(paragraph("první", "a"), block, paragraph("poslední", "z"))
    reading = draft.reading()
    assert reading.faults == (fault,)
    words = reading.content.plain.split("\n")
    assert (words[0], words[-1]) == ("první", "poslední")
    fork = Draft([draft.since()], 9)
    assert fork.mend()
    after = fork.reading()
    assert after.faults == ()
    assert after.content.plain == reading.content.plain
    assert not fork.mend()


def test_nesting_deeper_than_any_stack_is_read_and_mended() -> None:
    raw: Doc[Any] = Doc(client_id=7)
    parent: XmlFragment | XmlElement = raw.get("body", type=XmlFragment)
    for _ in range(2_000):
        parent = parent.children.append(XmlElement("blockquote"))
    parent.children.append(paragraph("velmi hluboko", "x"))
    fork = Draft([raw.get_update()], 9)
    assert fork.reading().content.plain == "velmi hluboko"
    before = fork.fingerprint()
    assert fork.mend()
    assert fork.reading().faults == ()
    assert fork.fingerprint() != before


def test_a_document_of_nothing_but_emptiness_becomes_a_blank_page() -> None:
    fork = Draft([draft_of(XmlElement("bulletList", {"id": "l"})).since()], 9)
    assert fork.mend()
    assert [(node.type, node.text) for node in fork.content().nodes] == [("paragraph", "")]


def test_a_list_item_may_begin_with_any_block_so_that_no_editor_throws_its_words_away() -> None:
    item = XmlElement("listItem", {}, [XmlElement("heading", {"id": "h"}, [XmlText("nadpis")])])
    reading = draft_of(XmlElement("bulletList", {"id": "l"}, [item])).reading()
    assert reading.faults == ()
    assert reading.content.plain == "nadpis"


async def test_a_room_mends_what_a_writer_left_as_the_server_and_tells_once(log: MemoryLog) -> None:
    told: asyncio.Queue[tuple[str, Sequence[Fault]]] = asyncio.Queue()

    async def mended(document: str, faults: Sequence[Fault]) -> None:
        await told.put((document, faults))

    rooms = Rooms(log, lambda: NOON, mended=mended)
    await rooms.create("d", content("Úvod"), "eva")
    jan = Party("jan")
    await jan.join(rooms, "d")
    jan.body.children.append(XmlElement("bulletList", {"id": "l"}))
    jan.body.children.append(paragraph("podruhé", "p0"))
    await saved(jan)
    first: Content = await rooms.content("d")
    assert first.plain == "Úvod\npodruhé"
    assert await told.get() == ("d", (Fault.EMPTY, Fault.SAME_ID))
    again = await rooms.content("d")
    assert [node.type for node in again.nodes] == ["paragraph", "paragraph"]
    assert len({node.id for node in again.nodes}) == 2
    last = (await rooms.history("d"))[0]
    assert (last.authors, last.server) == ((), True)
    assert told.empty()
    await rooms.close_all()
