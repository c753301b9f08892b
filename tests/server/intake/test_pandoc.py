from __future__ import annotations

import io
import re
import zipfile
from base64 import b64decode

import pytest
from PIL import Image

from review.content import Content, Mark, Node, Text
from review.exchange import Dialect
from review.schema import schema
from review.suggestions import suggestions
from server.intake.pandoc import Source, give_out, take_in
from server.intake.tasks import pictures_of
from server.problems import Problem


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (2, 2), "navy").save(out, "PNG")
    return out.getvalue()


PICTURE = picture()
SRC = "/api/v1/blobs/" + "0" * 64


def nothing(address: str) -> str | None:
    return None


def doc(*nodes: Node) -> Content:
    return Content(schema().version, nodes)


@pytest.mark.parametrize("dialect", list(Dialect))
async def test_a_document_goes_out_and_comes_back(dialect: Dialect) -> None:
    content = doc(Node("article", content=(Text("Účel"),)), Node("clause", content=(Text("Žluťoučký kůň."),)))
    written = await give_out(content, dialect)
    assert (await take_in(written, Source(dialect.value), nothing)).content == content


async def test_a_picture_travels_inside_the_word_file() -> None:
    written = await give_out(doc(Node("image", {"src": SRC, "alt": "Mapa"})), Dialect.DOCX, {SRC: PICTURE})
    pictures = pictures_of(written)
    assert [b64decode(encoded) for encoded in pictures.values()] == [PICTURE]
    back = await take_in(written, Source.DOCX, dict.fromkeys(pictures, SRC).get)
    assert [node.attrs["src"] for node in back.content.walk() if node.type == "image"] == [SRC]


async def test_suggestions_are_tracked_changes_in_word_and_come_back_as_suggestions() -> None:
    by = {"id": "s1", "author": "jan", "name": "Jan Novák", "at": "2026-11-27T06:30:00Z"}
    parts = (Text("Nejvýše "), Text("400", (Mark("deletion", by),)), Text("500", (Mark("insertion", by),)), Text(" Kč"))
    written = await give_out(doc(Node("paragraph", content=parts)), Dialect.DOCX)
    with zipfile.ZipFile(io.BytesIO(written)) as package:
        xml = package.read("word/document.xml").decode()
    assert re.search(r'<w:del [^>]*w:author="Jan Novák"', xml)
    assert re.search(r'<w:ins [^>]*w:author="Jan Novák"', xml)
    back = (await take_in(written, Source.DOCX, nothing)).content
    [paragraph] = back.nodes
    found = [(part.text, part.marks[0] if part.marks else None) for part in paragraph.content if isinstance(part, Text)]
    [identity] = suggestions(back)
    told = {"id": identity, "name": "Jan Novák", "at": "2026-11-27T06:30:00Z"}
    deleted, inserted = Mark("deletion", told), Mark("insertion", told)
    assert found == [("Nejvýše ", None), ("400", deleted), ("500", inserted), (" Kč", None)]


@pytest.mark.parametrize("dialect", [Dialect.MARKDOWN, Dialect.ODT, Dialect.HTML])
async def test_formats_without_tracked_changes_get_the_agreed_text(dialect: Dialect) -> None:
    by = {"id": "s1"}
    parts = (Text("Nejvýše "), Text("400", (Mark("deletion", by),)), Text("500", (Mark("insertion", by),)))
    written = await give_out(doc(Node("paragraph", content=parts)), dialect)
    back = await take_in(written, Source(dialect.value), nothing)
    assert back.content == doc(Node("paragraph", content=(Text("Nejvýše 400"),)))


async def test_a_file_of_another_kind_is_refused() -> None:
    with pytest.raises(Problem) as refused:
        await take_in(b"%PDF-1.7 not a word file", Source.DOCX, nothing)
    assert refused.value.code == "unreadable_file"


async def test_a_bomb_ends_in_a_refusal_and_not_in_the_memory_of_the_server() -> None:
    with pytest.raises(Problem) as refused:
        await take_in(_bomb(), Source.DOCX, nothing)
    assert refused.value.code == "unreadable_file"


def _bomb() -> bytes:
    """A Word file of 3 MB whose text unpacks to 768 MB."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package,
        package.open("word/document.xml", "w") as part,
    ):
        for _ in range(768):
            part.write(b" " * 2**20)
    return packed.getvalue()


async def test_what_a_text_names_outside_itself_is_not_read() -> None:
    reading = await take_in(b"![x](/etc/passwd)\n\n```{include=/etc/hostname}\n```\n", Source.MARKDOWN, nothing)
    assert "root:" not in reading.content.plain
    assert reading.left_out == ("image /etc/passwd",)


def test_what_is_no_package_has_no_pictures() -> None:
    assert pictures_of(b"PK but no package") == {}
