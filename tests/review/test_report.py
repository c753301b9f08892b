from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from review.comment import Comment
from review.content import Content, Node, Text
from review.document import Confidentiality, Document, Version, VersionKind
from review.ids import CommentId, ConsulteeId, DepartmentId, DocumentId, PersonId, RoundId, VersionId
from review.opinion import CommentClass, Consultee, Opinion, Silence, Stance
from review.report import FORMULA, Names, Report, Subject, cells, consultee_cells, harmless, report, to_csv, to_json
from review.report_words import COLUMNS, COLUMNS_OF_CONSULTEES, WORDS
from review.round import Round, State
from review.settlement import SettlementKind
from review.settling import Remove, Reply, Settle, decide
from review.thread import Anchor

NOON = datetime(2026, 11, 23, 11, 5, tzinfo=UTC)
LEGAL, FINANCE = ConsulteeId("legal"), ConsulteeId("finance")
HEAD, SUBMITTER = PersonId("head"), PersonId("submitter")
NAMES = Names({HEAD: "Jana Nová", SUBMITTER: "Petr Malý"}, {LEGAL: "Odbor právní", FINANCE: "Odbor finanční"})
FROZEN = Content(
    1,
    (
        Node("article", {"id": "a"}, (Text("Lhůty"),)),
        Node("clause", {"id": "b"}, (Text("Kraj rozhodne do 30 dnů."),)),
    ),
)
VERSION = Version(VersionId("v1"), DocumentId("d"), "0.1", VersionKind.FROZEN, 1, "f" * 64, NOON, SUBMITTER)
LATER = replace(VERSION, id=VersionId("v2"), number="0.2", created=NOON + timedelta(days=9))
DOCUMENT = Document(
    DocumentId("d"), "Pravidla dotací", "rules", DepartmentId("culture"), Confidentiality.INTERNAL, {}, NOON, NOON
)
ROUND = Round(
    RoundId("r"),
    DocumentId("d"),
    1,
    VersionId("v1"),
    (Consultee(LEGAL, DepartmentId(LEGAL)), Consultee(FINANCE, DepartmentId(FINANCE), mandatory=False)),
    NOON,
    Silence.DEEMED,
    SUBMITTER,
    NOON,
    state=State.CLOSED,
    closed=NOON,
    opinions={
        LEGAL: Opinion(Stance.WITH_MAJOR_COMMENTS, HEAD, NOON),
        FINANCE: Opinion(Stance.NO_COMMENTS, None, NOON),
    },
)


def a_comment(text: str = "Lhůta je krátká") -> Comment:
    return Comment(
        CommentId("c"),
        RoundId("r"),
        1,
        LEGAL,
        HEAD,
        NOON,
        CommentClass.MAJOR,
        text,
        Anchor("b", 17, 23, "30 dnů", version="v1"),
        justification="správní řád",
        proposal="60 dnů",
        submitted=NOON,
    )


def a_report(*comments: Comment) -> Report:
    return report(Subject(DOCUMENT, ROUND, VERSION, (VERSION, LATER), FROZEN, comments), NAMES)


def test_every_consultee_stands_with_its_opinion_and_a_deemed_one_is_marked() -> None:
    legal, finance = (consultee_cells(asked, "cs") for asked in a_report().consultees)
    assert legal == ("Odbor právní", "povinné", "se zásadními připomínkami", "Jana Nová", "23. 11. 2026 12:05", "")
    assert finance[2:4] == ("bez připomínek (nevyjádřeno ve lhůtě)", "")


def test_a_comment_tells_its_whole_story_in_one_line() -> None:
    comment, _ = decide(a_comment(), ROUND, Settle(SUBMITTER, SettlementKind.REJECTED, "zákon to neumožňuje"), NOON)
    comment, _ = decide(comment, ROUND, Reply(HEAD, agree=False), NOON)
    comment, _ = decide(comment, ROUND, Remove(SUBMITTER, "dohoda z 24. 11."), NOON)
    assert dict(zip(COLUMNS["cs"], cells(a_report(comment).rows[0], "cs"), strict=True)) == {
        "Č.": "1",
        "Připomínkové místo": "Odbor právní",
        "Autor": "Jana Nová",
        "Druh": "zásadní",
        "Místo": "čl. 1 odst. 1",
        "Původní text": "30 dnů",
        "Připomínka": "Lhůta je krátká",
        "Odůvodnění": "správní řád",
        "Navrhované znění": "60 dnů",
        "Vypořádání": "neakceptováno",
        "Důvod": "zákon to neumožňuje",
        "Výsledné znění a verze": "",
        "Souhlas připomínkového místa": "nesouhlasí",
        "Rozpor": "odstraněn, dohoda z 24. 11.",
        "Vypořádal, dne": "Petr Malý 23. 11. 2026 12:05",
    }


def test_an_accepted_comment_names_the_first_version_that_shows_it() -> None:
    comment, _ = decide(a_comment(), ROUND, Settle(SUBMITTER, SettlementKind.ACCEPTED), NOON)
    assert a_report(comment).rows[0].version == "0.2"
    late, _ = decide(a_comment(), ROUND, Settle(SUBMITTER, SettlementKind.ACCEPTED), NOON + timedelta(days=10))
    assert a_report(late).rows[0].version == ""


def test_a_draft_that_no_opinion_submitted_is_not_in_the_report() -> None:
    assert a_report(replace(a_comment(), submitted=None)).rows == ()


def test_the_csv_form_reads_back_as_it_was_written() -> None:
    comment = a_comment('Řádek jedna,\n"dva"; tři')
    lines = list(csv.reader(io.StringIO(to_csv(a_report(comment), "en"))))
    assert lines[0] == list(COLUMNS["en"])
    assert lines[1][6] == comment.text


def test_the_json_form_keeps_what_a_program_needs() -> None:
    told = to_json(a_report(a_comment()))
    assert told["version"] == {"number": "0.1", "contentHash": "f" * 64}
    assert told["comments"][0]["class"] == "major"
    assert told["consultees"][1]["deemed"] is True
    assert told["due"] == "2026-11-23T11:05:00.000Z"


def test_both_languages_have_every_word_and_column() -> None:
    assert WORDS["cs"].keys() == WORDS["en"].keys()
    assert len(COLUMNS["cs"]) == len(COLUMNS["en"]) == len(cells(a_report(a_comment()).rows[0], "cs"))
    assert len(COLUMNS_OF_CONSULTEES["cs"]) == len(COLUMNS_OF_CONSULTEES["en"])


@given(st.text(alphabet="=+-@\t\r\n ab1", max_size=8))
def test_no_cell_is_a_formula(text: str) -> None:
    assert not harmless([text])[0].lstrip(" ").startswith(FORMULA)
