from __future__ import annotations

import asyncio
import re
from datetime import date

import pytest

from review.content import Content
from server.demo.papers import CONTRACT, contents, papers
from server.demo.people import DEPARTMENTS, PEOPLE
from signing.typeset import Masthead, Signer, typeset

STATUTES = ("129/2000", "250/2000", "499/2004", "500/2004", "106/1999")


@pytest.fixture(scope="module")
def read() -> dict[str, Content]:
    return asyncio.run(contents(papers()))


def masthead(name: str) -> Masthead:
    return Masthead(papers()[name].title, "Krajský úřad", "", date(2026, 11, 23))


def test_there_are_papers_of_many_kinds_and_a_dozen_contracts_of_one_template() -> None:
    found = papers()
    contracts = [paper for name, paper in found.items() if name.startswith(CONTRACT)]
    assert len({paper.kind for paper in found.values()}) >= 14
    assert len(contracts) == 12
    assert len({paper.title for paper in found.values()}) == len(found)
    assert len({paper.matter for paper in found.values()}) == len(found)
    assert {paper.department for paper in found.values()} == set(DEPARTMENTS)


def test_no_paper_has_a_place_that_was_not_filled(read: dict[str, Content]) -> None:
    assert [name for name, content in read.items() if re.search(r"[{}]|lorem|\.\.\.|XX", content.plain)] == []
    assert [name for name, content in read.items() if content.words < 250] == []


def test_every_paper_cites_statutes_in_footnotes(read: dict[str, Content]) -> None:
    notes = {name: [n.text for n in content.walk() if n.type == "footnote"] for name, content in read.items()}
    assert [name for name, found in notes.items() if not found] == []
    assert [
        note for found in notes.values() for note in found if not re.search(r"Sb\.|EU|Národní standard", note)
    ] == []
    everything = " ".join(note for found in notes.values() for note in found)
    assert [statute for statute in STATUTES if statute not in everything] == []


def test_every_paper_can_be_typeset_and_the_grant_rules_have_eight_pages(read: dict[str, Content]) -> None:
    pages = {
        name: typeset(content, masthead(name), [Signer("Podpis1")]).count
        for name, content in read.items()
        if name == f"{CONTRACT}-1" or not name.startswith(CONTRACT)
    }
    assert pages["zasady-kultura-2027"] >= 8
    assert min(pages.values()) >= 2


def test_ten_people_of_four_departments_hold_every_role() -> None:
    assert len(PEOPLE) == 10
    assert {role for colleague in PEOPLE for role in colleague.roles} >= {
        "editor", "submitter", "reviewer", "coordinator", "head", "approver", "auditor", "administrator",
    }  # fmt: skip
