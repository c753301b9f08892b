from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from server.demo.people import PEOPLE
from tests.servers.paraph import ROOT, Server, paraph, run

PASSWORD = "heslo do ukázky"


@dataclass(frozen=True, slots=True)
class Office:
    server: Server
    data: Path
    sign_ins: list[dict[str, Any]]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    data = tmp_path_factory.mktemp("demo")
    told = run("demo", "--data", str(data), "--json", env={"PARAPH_DEMO_PASSWORD": PASSWORD})
    with paraph(data) as server:
        yield Office(server, data, json.loads(told))


async def seen(office: Office, login: str, *paths: str) -> list[Any]:
    """What a person of the office gets from some addresses."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(office.server.url, cookie_jar=jar) as session:
        entered = await session.post("/api/v1/session", json={"login": login, "password": PASSWORD})
        assert entered.status == 200, await entered.text()
        return [await (await session.get(path)).json() for path in paths]


def test_the_sign_ins_have_the_promised_shape(office: Office) -> None:
    assert [sign_in["login"] for sign_in in office.sign_ins] == [colleague.login for colleague in PEOPLE]
    for sign_in in office.sign_ins:
        assert set(sign_in) - {"pin"} == {"login", "password", "name", "department", "roles"}
        assert sign_in["password"] == PASSWORD
    assert {s["login"] for s in office.sign_ins if s.get("pin")} == {"malkova", "simek", "benesova", "kralovska"}


def test_the_sign_ins_are_shown_again_while_the_office_is_open(office: Office) -> None:
    assert json.loads(run("demo", "--data", str(office.data), "--json")) == office.sign_ins


def test_another_office_is_left_alone(tmp_path: Path) -> None:
    run("user", "add", "somebody", "Some Body", "--data", str(tmp_path), "--generate")
    with pytest.raises(RuntimeError, match="not empty"):
        run("demo", "--data", str(tmp_path))
    assert run("demo", "--data", str(tmp_path), "--if-empty").strip() == ""


async def test_the_auditor_sees_documents_in_every_state(office: Office) -> None:
    (page,) = await seen(office, "kucerova", "/api/v1/documents?limit=200")
    states = Counter(document["state"] for document in page["items"])
    assert states["draft"] >= 3
    assert states["in_review"] >= 2
    assert states["settling"] >= 1
    assert states["ready"] >= 1
    assert states["signing"] == 12
    assert states["signed"] + states["handed_over"] >= 4
    versions = [version for document in page["items"] for version in document["versions"]]
    assert any(version.get("supersededBy") for version in versions)


async def test_a_round_is_in_settlement_with_a_dispute_and_a_deemed_opinion(office: Office) -> None:
    (page,) = await seen(office, "kucerova", "/api/v1/documents?state=settling")
    (round,) = await seen(office, "novotny", f"/api/v1/rounds/{page['items'][0]['rounds'][0]}")
    assert round["comments"]["disputes"] == 1
    assert [c["opinion"]["deemed"] for c in round["consultees"] if c.get("opinion")].count(True) == 1


async def test_a_dozen_signatures_wait_for_the_director_and_her_key_is_there(office: Office) -> None:
    desk, credentials = await seen(office, "malkova", "/api/v1/signing-desk", "/api/v1/credentials")
    assert len(desk) == 12
    assert len(credentials) == 1


async def test_the_registry_has_received_registered_and_archived(office: Office) -> None:
    (handovers,) = await seen(office, "kucerova", "/api/v1/handovers")
    states = Counter(handover["state"] for handover in handovers["items"])
    assert states["archived"] >= 2
    assert {"registered", "received", "offered"} <= set(states)


async def test_an_administrator_reads_no_document(office: Office) -> None:
    (page,) = await seen(office, "urban", "/api/v1/documents")
    # The documents of one's own department are open to it; those of the others are not.
    departments = {document["department"] for document in page["items"]}
    (me,) = await seen(office, "urban", "/api/v1/session")
    assert departments <= {department["id"] for department in me["departments"]}


def test_the_walk_of_the_integrators_guide_ends_with_a_valid_signature(office: Office, tmp_path: Path) -> None:
    guide = (ROOT / "docs/integrators/README.md").read_text("utf-8")
    script = "\n".join(re.findall(r"^```\n(.*?)^```", guide, flags=re.MULTILINE | re.DOTALL))
    pin = next(sign_in["pin"] for sign_in in office.sign_ins if sign_in["login"] == "benesova")
    filled = {"http://localhost:8000": office.server.url, "PASSWORD=…": f"PASSWORD='{PASSWORD}'", "PIN=…": f"PIN={pin}"}
    for placeholder, value in filled.items():
        assert placeholder in script
        script = script.replace(placeholder, value)
    walked = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert walked.returncode == 0, walked.stderr
    assert '"verdict": "valid"' in walked.stdout
    assert '"current": true' in walked.stdout


def test_the_trail_of_the_whole_office_verifies(office: Office) -> None:
    office.server.stop()
    assert run("verify", "--data", str(office.data))
