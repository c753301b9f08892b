"""What a citizen sees, over real HTTP and without a script."""

from __future__ import annotations

import re
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from review.ports import Clock
from review.status import LINE
from server.identity.citizen_codes import kept_as, new_code, read
from server.problems import Problem
from server.services.status import ANSWERED_AFTER, Status
from tests.server.spisovka import kept_version, offered, packaged, written
from tests.server.world import Browser, World

URL = "/public/v1/status-queries"


@pytest.fixture
async def citizen(world: World) -> Browser:
    return await world.browser()


async def issued(world: World, document: str) -> str:
    submitter = await world.browser("novakova")
    answer = await submitter.post(f"/api/v1/documents/{document}/status-codes")
    assert answer.status == 201, answer.raw
    code: str = answer.json["code"]
    return code


async def test_a_code_tells_the_stage_and_neither_name_nor_title(world: World, citizen: Browser) -> None:
    document = await world.document(title="Tajný název")
    answer = await citizen.post(URL, {"code": await issued(world, document["id"])})
    assert answer.status == 200
    told = answer.json
    assert (told["stage"], told["next"], told["mustAct"]) == ("preparing", "in_review", False)
    assert told["department"] == "Ekonomický odbor"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", told["since"])
    assert "Tajný" not in answer.raw.decode()
    assert "Nov" not in answer.raw.decode()


async def test_a_decision_is_told_with_its_day_and_the_archive_after_it(world: World, citizen: Browser) -> None:
    document = await written(world)
    code = await issued(world, document["id"])
    await offered(world, document)
    told = (await citizen.post(URL, {"code": code})).json
    assert (told["stage"], told["next"]) == ("decided", "archived")


async def test_unknown_wrong_and_expired_codes_are_answered_alike(world: World, citizen: Browser) -> None:
    expired = await issued(world, (await world.document())["id"])
    codes = world.office.stores.status_codes
    kept = await codes.get(kept_as(world.office.registry.status.key, read(expired)))
    await codes.replace(kept, replace(kept.value, expires=world.office.clock() - timedelta(seconds=1)))
    answers = {
        (a.status, a.raw)
        for code in (new_code(), "nonsense", expired, "")
        for a in [await citizen.post(URL, {"code": code})]
    }
    assert len(answers) == 1
    assert answers.pop()[0] == 404


async def test_a_thousand_guesses_are_slowed_down_and_tell_nothing(world: World, citizen: Browser) -> None:
    good = await issued(world, (await world.document())["id"])
    first = await citizen.post(URL, {"code": new_code()})
    assert (first.status, first.code) == (404, "no_such_code")
    answers = [await citizen.post(URL, {"code": new_code()}) for _ in range(1000)]
    assert {answer.status for answer in answers} == {404, 429}
    assert sum(answer.status == 404 for answer in answers) < 30
    assert {answer.code for answer in answers[50:]} == {"slow_down"}
    assert len({answer.raw for answer in answers if answer.status == 404}) == 1
    slowed = await citizen.post(URL, {"code": good})
    assert (slowed.status, slowed.code) == (429, "slow_down")
    assert int(slowed.headers["Retry-After"]) > 0


@dataclass(slots=True)
class Hours:
    """Time that passes only as it is spent, in seconds. Who looks at the clock has found a code: that costs some."""

    clock: Clock
    now: float = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds

    def looked_at(self) -> datetime:
        self.now += ANSWERED_AFTER / 2
        return self.clock()


async def test_every_answer_takes_the_same_time(world: World) -> None:
    """What a found code costs more is hidden by the fixed moment of the answer."""
    hours = Hours(world.office.clock)
    status: Status = replace(world.office.registry.status, now=hours, sleep=hours.sleep, clock=hours.looked_at)
    good = await issued(world, (await world.document())["id"])
    took = {}
    for kind, code in {"good": good, "unknown": new_code(), "wrong": "x" * 17, "empty": ""}.items():
        began = hours.now
        with nullcontext() if kind == "good" else pytest.raises(Problem, match="no_such_code"):
            await status.ask(code, "somewhere")
        took[kind] = hours.now - began
    assert took == dict.fromkeys(took, pytest.approx(ANSWERED_AFTER))


async def test_the_code_is_kept_nowhere(world: World) -> None:
    code = await issued(world, (await world.document())["id"])
    plain = read(code)
    assert plain is not None
    (kept,) = await world.office.stores.status_codes.all()
    assert plain not in str(kept)
    assert all(plain not in str(fact) for fact in await world.office.facts.since(0))


async def test_only_the_submitter_issues_codes(world: World) -> None:
    document = await world.document()
    path = f"/api/v1/documents/{document['id']}/status-codes"
    assert (await (await world.browser("dvorak")).post(path)).status == 403
    assert (await (await world.browser("svoboda")).post(path)).status == 404


@pytest.mark.parametrize(("language", "words"), [("cs", "Připravuje se"), ("en", "Being prepared")])
async def test_the_status_page_answers_a_form_without_script(
    world: World, citizen: Browser, language: str, words: str
) -> None:
    code = await issued(world, (await world.document(title="Tajný název"))["id"])
    empty = await citizen.get("/status", Accept_Language=language)
    assert empty.status == 200
    assert "<script" not in empty.raw.decode()
    assert 'method="post"' in empty.raw.decode()
    async with citizen.client.post(f"/status?lang={language}", data={"code": code}) as response:
        page = await response.text()
        assert response.status == 200
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert words in page
    assert page.count("<li ") == len(LINE)
    assert 'aria-current="step"' in page
    assert code not in page
    assert "Tajný" not in page
    assert (await citizen.get("/public/public.css")).headers["Content-Type"].startswith("text/css")


async def test_the_status_page_says_kindly_that_a_code_is_unknown(citizen: Browser) -> None:
    async with citizen.client.post("/status?lang=en", data={"code": '"><b>'}) as response:
        page = await response.text()
        assert response.status == 404
    assert "No such code" in page
    assert "<b>" not in page


async def test_a_mistyped_code_stays_in_the_form_to_be_mended(world: World, citizen: Browser) -> None:
    async with citizen.client.post("/status?lang=cs", data={"code": 'ABCD-"><b>-EFGH'}) as response:
        page = await response.text()
        assert (response.status, response.headers["Cache-Control"]) == (404, "no-store")
    assert 'value="ABCD-&quot;&gt;&lt;b&gt;-EFGH"' in page


async def test_a_form_from_another_site_is_refused(citizen: Browser) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    async with citizen.client.post("/status", data={"code": "x"}, headers=headers) as response:
        assert response.status == 403


async def test_the_page_behind_a_printed_code_says_which_version_holds(world: World, citizen: Browser) -> None:
    document = await world.document(title="Vyhláška <č. 1>")
    person, office = world.people["novakova"], world.office
    old = await kept_version(office, person, document["id"], verify_code="STARY", published=True)
    new = await kept_version(office, person, document["id"], verify_code="NOVY", published=True)
    await office.stores.versions.replace(old, replace(old.value, superseded_by=new.value.id))
    await office.stores.versions.replace(new, replace(new.value, number="2"))
    page = (await citizen.get("/verify/novy", Accept_Language="cs")).raw.decode()
    assert "Toto je platné znění." in page
    assert "Vyhláška &lt;č. 1&gt;" in page
    assert "po přihlášení" in page
    assert 'class="button"' not in page
    assert 'href="/public/v1/trust-anchors.pem"' in page
    page = (await citizen.get("/verify/stary", Accept_Language="en")).raw.decode()
    assert "Version 2 has replaced it." in page
    data = (await citizen.get("/public/v1/versions/stary")).json
    assert (data["current"], data["supersededBy"]) == (False, new.id)
    await packaged(office, old)
    await packaged(office, new)


async def test_a_version_that_is_not_published_is_shown_to_its_readers_only(world: World, citizen: Browser) -> None:
    document = await world.document(title="Tajný název")
    version = await kept_version(world.office, world.people["novakova"], document["id"], verify_code="VNITRNI")
    await packaged(world.office, version)
    for code in ("vnitrni", "neznamy"):
        page = await citizen.get(f"/verify/{code}")
        assert page.status == 404
        assert "Tajný" not in page.raw.decode()
    assert "Tajný název" in (await (await world.browser("novakova")).get("/verify/vnitrni")).raw.decode()
    assert "Tajný" not in (await (await world.browser("svoboda")).get("/verify/vnitrni")).raw.decode()
