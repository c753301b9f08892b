"""A refusal says what is wrong in words that people read: their own language, no word of the program."""

from __future__ import annotations

import ast
import json
import string
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import pytest

from review import comment, document, handover, round, settlement, signoff
from server.problems import Field, Problem, field_words, words
from tests.architecture.tree import ROOT
from tests.server.desk import a_desk
from tests.server.world import World

MESSAGES = ROOT / "server/messages"
FIELDS: dict[str, dict[str, str]] = json.loads((MESSAGES / "fields.json").read_text("utf-8"))
STATES: list[type[StrEnum]] = [
    document.State,
    round.State,
    comment.State,
    signoff.State,
    handover.State,
    settlement.SettlementKind,
    settlement.DisputeState,
]


def calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    for folder in ("review", "server", "storage"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and _named(node.func) in names and len(node.args) >= 2:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def _named(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_every_reason_has_words_and_what_fills_them() -> None:
    told = [(place, call) for place, call in calls("Invalid", "Field", "Wrong")]
    reasons = [(place, *_reason(call)) for place, call in told if isinstance(call.args[1], ast.Constant)]
    assert [(place, why, given) for place, why, given in reasons if given != _wanted(why)] == []
    assert len(reasons) > 50


def _reason(call: ast.Call) -> tuple[str, set[str]]:
    data = call.args[2] if len(call.args) > 2 else None
    given = [key.value for key in data.keys if isinstance(key, ast.Constant)] if isinstance(data, ast.Dict) else []
    return str(ast.literal_eval(call.args[1])), set(map(str, given))


def _wanted(why: str) -> set[str] | None:
    """What the words are filled with; None without words."""
    said = FIELDS.get(why)
    return {name for _, name, _, _ in string.Formatter().parse(said["cs"]) if name} if said else None


def test_every_word_is_there_in_both_languages() -> None:
    for named in (FIELDS, *json.loads((MESSAGES / "names.json").read_text("utf-8")).values()):
        assert [key for key, said in named.items() if set(said) != {"cs", "en"}] == []


@pytest.mark.parametrize("states", STATES)
def test_a_state_is_told_by_its_name(states: type[StrEnum]) -> None:
    told = [words(Problem("not_in_state", {"state": state}), "cs")[2] for state in states]
    named = json.loads((MESSAGES / "names.json").read_text("utf-8"))["state"]
    assert [state for state in states if state.value not in named] == []
    assert [text for text in told if "_" in text] == []


def test_the_detail_says_of_the_first_field_why() -> None:
    wrong = Field("text", "characters", {"least": 1, "most": 5})
    assert field_words(wrong, "en") == "This should be 1 to 5 characters."
    assert words(Problem("invalid", fields=[wrong]), "cs")[2].endswith("znovu. Má to být 1 až 5 znaků.")


async def test_what_is_wrong_is_named_with_its_place(world: World) -> None:
    desk = await a_desk(world)
    version = await desk.final()
    refused = await desk.ask(version["id"], desk.first, desk.first)
    assert (refused.status, refused.code) == (422, "invalid")
    assert refused.json["fields"] == [{"path": "steps[0].signers", "message": "Nikdo tu nesmí být dvakrát."}]
    assert "repeated" not in refused.json["detail"]


async def test_only_who_is_asked_refuses_to_sign(world: World) -> None:
    desk = await a_desk(world)
    version = await desk.final()
    signing = (await desk.ask(version["id"], desk.first, desk.second, order="ordered")).json["id"]

    async def refuse(by: Any) -> tuple[int, str]:
        answer = await by.post(f"/api/v1/signings/{signing}/refuse", {"reason": "ne"})
        return answer.status, answer.json.get("code", "")

    assert await refuse(desk.submitter) == (403, "forbidden")
    assert await refuse(desk.second) == (409, "not_in_state")
    assert (await refuse(desk.first))[0] == 200
    assert await refuse(desk.submitter) == (403, "forbidden")


async def test_an_unknown_address_answers_in_the_callers_language(world: World) -> None:
    browser = await world.browser("novakova")
    assert (await browser.ask("PATCH", "/api/v1/session", {"locale": "en"})).status == 200
    assert (await browser.get("/api/v1/nowhere", Accept_Language="cs")).json["title"] == "Not found"
    assert (await browser.ask("PUT", "/api/v1/departments")).json["title"] == "No such act here"
    stranger = await world.browser()
    assert (await stranger.get("/api/v1/nowhere", Accept_Language="cs;q=0.1, en;q=0.9")).json["title"] == "Not found"
