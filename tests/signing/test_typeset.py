from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pypdfium2 as pdfium
import pytest
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader

from review.content import Mark, Text, with_ids
from signing.errors import MissingImage, TableTooWide, UncoveredSign
from signing.fields import place_fields
from signing.reports import facts, heading, paragraph, table
from signing.typeset import Orientation, Signer, typeset, typeset_report
from tests.signing.office import SIGNERS, block, content, contract, masthead, pages, text, unsigned


def words(pdf: bytes) -> str:
    document = pdfium.PdfDocument(pdf)
    try:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())
    finally:
        document.close()


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "navy").save(out, "PNG")
    return out.getvalue()


def test_a_page_says_whose_it_is_and_how_to_verify_it() -> None:
    said = words(pages().pdf)
    for part in (
        "Krajský úřad Jihozápadního kraje",
        "KÚ 1482/2026-16",
        "Smlouva o poskytnutí dotace",
        "ABCD-EFGH-JKMN",
    ):
        assert part in said
    assert "verze 1" in said
    assert "bez právní závaznosti" in said


def test_articles_clauses_and_points_carry_their_computed_numbers() -> None:
    said = words(pages().pdf)
    assert "Čl. 1 Předmět smlouvy" in said
    assert "Čl. 2 Závěrečná ustanovení" in said
    assert "(2) Dotace je účelová" in said
    assert "b) na nájemné." in said
    assert "(1) Smlouva nabývá" in said


def test_the_same_content_gives_the_same_bytes() -> None:
    assert typeset(contract(), masthead(), SIGNERS) == pages()


def test_the_file_claims_both_standards_and_is_tagged() -> None:
    reader = PdfFileReader(io.BytesIO(pages().pdf))
    claims = reader.root["/Metadata"].data
    assert b"<pdfaid:part>2<" in claims or b'pdfaid:part="2"' in claims
    assert b"pdfuaid:part" in claims
    assert reader.root["/MarkInfo"]["/Marked"]
    assert reader.root["/Lang"] == "cs-CZ"


def test_a_sign_that_no_font_has_is_named_with_its_place() -> None:
    with pytest.raises(UncoveredSign) as refused:
        typeset(content(block("paragraph", "Dobře", id="p0"), block("paragraph", "Těším se 😀", id="p1")), masthead())
    assert (refused.value.sign, refused.value.place, refused.value.at) == ("😀", "p1", 9)
    assert refused.value.codepoint == "U+1F600"


def test_a_title_is_checked_like_the_text() -> None:
    with pytest.raises(UncoveredSign) as refused:
        typeset(contract(), masthead(title="Smlouva 漢"))
    assert refused.value.place == "title"


def test_markup_of_the_typesetter_in_a_text_stays_text() -> None:
    written = "#panic() $x$ *tučně* \\ @label <room> [a] `b` // ne"
    assert written in words(typeset(content(block("paragraph", written)), masthead(title="= #emph[Název]")).pdf)


def test_a_picture_stands_with_its_description() -> None:
    image = {"type": "image", "attrs": {"src": "/api/v1/blobs/x", "alt": "Znak kraje", "width": 120}}
    made = typeset(content(image), masthead(), images={"/api/v1/blobs/x": picture()})
    assert b"/Figure" in made.pdf


def test_a_picture_whose_bytes_are_missing_is_refused() -> None:
    with pytest.raises(MissingImage):
        typeset(content({"type": "image", "attrs": {"src": "/gone"}}), masthead())


def test_lists_quotes_footnotes_links_rules_and_breaks_are_set() -> None:
    note = {"type": "footnote", "content": [text("Zákon č. 250/2000 Sb.")]}
    link = {"type": "text", "text": "web", "marks": [{"type": "link", "attrs": {"href": "https://example.org/"}}]}
    item = {"type": "listItem", "content": [block("paragraph", "položka")]}
    made = typeset(
        content(
            block("heading", "Hluboký nadpis", level=4),
            block("paragraph", "Dotace", note, {"type": "hardBreak"}, link),
            {"type": "bulletList", "content": [item]},
            {"type": "orderedList", "attrs": {"start": 3}, "content": [item]},
            {"type": "blockquote", "content": [block("paragraph", "citát"), {"type": "pageBreak"}]},
            {"type": "horizontalRule"},
            {"type": "pageBreak"},
            block("paragraph", "druhá strana"),
            block("paragraph"),
            block("heading", level=1),
        ),
        masthead(),
    )
    said = words(made.pdf)
    for part in ("Zákon č. 250/2000 Sb.", "3. položka", "citát", "2 / 2"):
        assert part in said
    assert b"example.org" in made.pdf


def test_an_address_that_the_schema_would_refuse_is_no_link_on_paper_either() -> None:
    told = content(block("paragraph", {"type": "text", "text": "zlo"}))
    link = Mark("link", {"href": "javascript:alert(1)"})
    evil = replace(told.nodes[0], content=(Text("zlo", (link,)),))
    made = typeset(replace(told, nodes=(evil,)), masthead())
    assert "zlo" in words(made.pdf)
    assert b"javascript" not in made.pdf


def cell(kind: str, words: str, **attrs: object) -> dict[str, object]:
    return {"type": kind, "attrs": attrs, "content": [block("paragraph", words)]}


def rows(*given: list[dict[str, object]]) -> dict[str, object]:
    return {"type": "table", "content": [{"type": "tableRow", "content": row} for row in given]}


def test_a_table_with_spans_holes_and_spans_that_stick_out_is_set() -> None:
    made = typeset(
        content(
            rows(
                [cell("tableHeader", "Úkon"), cell("tableHeader", "Lhůta", colspan=2, rowspan=9)],
                [cell("tableCell", "Podání", rowspan=7), cell("tableCell", "30 dní")],
                [cell("tableCell", "Odvolání"), cell("tableCell", "15 dní"), cell("tableCell", "navíc")],
                [],
            )
        ),
        masthead(),
    )
    said = words(made.pdf)
    assert all(part in said for part in ("Úkon", "Lhůta", "Podání", "30 dní", "Odvolání", "navíc"))


def test_a_table_of_header_cells_alone_is_set() -> None:
    assert "Sám" in words(typeset(content(rows([cell("tableHeader", "Sám")])), masthead()).pdf)


def test_a_table_too_wide_for_any_page_is_refused() -> None:
    with pytest.raises(TableTooWide):
        typeset(content(rows([cell("tableCell", "x", colspan=100) for _ in range(3)])), masthead())


def test_every_signer_has_a_tagged_visible_field_before_anybody_signs() -> None:
    reader = PdfFileReader(io.BytesIO(unsigned()))
    fields = reader.root["/AcroForm"]["/Fields"]
    assert [fields[at]["/T"] for at in range(2)] == ["Podpis1", "Podpis2"]
    for at in range(2):
        assert "Podpis:" in fields[at]["/TU"]
        assert fields[at]["/StructParent"] >= 0
        left, low, right, high = map(float, fields[at]["/Rect"])
        assert right - left > 200
        assert high - low > 60
    page = fields[0]["/P"]
    assert page["/Tabs"] == "/S"


def test_places_are_kept_for_signers_who_are_not_named_yet() -> None:
    made = typeset(contract(), masthead(), [Signer("Podpis1"), Signer("Podpis2", "Petr Dvořák")])
    assert made.count == 1
    assert [room.label for room in made.rooms] == ["Místo pro podpis 1", "Podpis: Petr Dvořák"]
    assert made.rooms[1].x > made.rooms[0].x + made.rooms[0].width
    assert "Petr Dvořák" in words(made.pdf)
    reader = PdfFileReader(io.BytesIO(place_fields(made.pdf, made.rooms, ["Podpis3"])))
    unseen = reader.root["/AcroForm"]["/Fields"][2]
    assert (unseen["/T"], list(map(float, unseen["/Rect"]))) == ("Podpis3", [0, 0, 0, 0])


def test_a_document_without_signers_keeps_its_one_revision() -> None:
    made = typeset(contract(), masthead())
    assert made.rooms == ()
    assert place_fields(made.pdf, ()) == made.pdf.rstrip() + b"\n"


def test_a_report_with_a_table_is_typeset_by_the_same_path() -> None:
    pdf = typeset_report(
        masthead(title="Vypořádání připomínek", kind="", proof=None, dated=date(2026, 11, 23)),
        [
            heading("Přehled"),
            facts([("Dokument", "Zásady"), ("Kolo", "1")]),
            paragraph("Dvě\nřádky"),
            table(["č.", "Připomínka", "Vypořádání"], [["1", "Doplnit lhůtu", "Akceptováno"]] * 60, [1, 6, 4]),
        ],
        Orientation.LANDSCAPE,
    )
    said = words(pdf)
    assert said.count("Připomínka") >= 2, "the head is repeated on every page"
    assert said.count("Doplnit lhůtu") == 60


def test_a_report_names_an_uncovered_sign_too() -> None:
    with pytest.raises(UncoveredSign):
        typeset_report(masthead(), [table(["a"], [["😀"]])])


def test_content_with_ids_is_set_like_content_without() -> None:
    assert words(typeset(with_ids(contract()), masthead()).pdf) == words(typeset(contract(), masthead()).pdf)
