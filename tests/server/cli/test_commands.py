"""The command line as an operator uses it, beside a running server and without one."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from server.__main__ import main
from tests.servers.paraph import paraph


class Refused(Exception):
    """A command that did not end with 0; its words."""


def paraph_command(data: Path, *arguments: str, told: str = "") -> str:
    """In this process, beside whatever server another one runs; what it printed."""
    said, complained, typed = io.StringIO(), io.StringIO(), sys.stdin
    sys.stdin = io.StringIO(told)
    try:
        with redirect_stdout(said), redirect_stderr(complained):
            code = main([*arguments, "--data", str(data)])
    finally:
        sys.stdin = typed
    if code:
        raise Refused(f"{code} {said.getvalue()} {complained.getvalue()}")
    return said.getvalue()


def as_json(data: Path, *arguments: str, told: str = "") -> Any:
    return json.loads(paraph_command(data, *arguments, "--json", told=told))


def test_people_and_clients_are_added_while_the_server_runs(tmp_path: Path) -> None:
    with paraph(tmp_path):
        client = as_json(tmp_path, "client", "add", "Spisovka", "--scopes", "audit:read handover:read")
        assert set(client) == {"client_id", "client_secret", "scopes"}
        assert client["scopes"] == ["handover:read", "audit:read"]
        added = as_json(tmp_path, "user", "add", "novak", "Jan Novák", "--role", "administrator")
        assert len(added["password"]) >= 12
        paraph_command(tmp_path, "user", "passwd", "novak", "--password-stdin", told="dlouhé heslo 7\n")
    verdict = as_json(tmp_path, "verify")
    assert (verdict["flaws"], verdict["sealedHeads"] > 0) == ([], True), "a server seals the facts when it starts"
    (person,) = as_json(tmp_path, "user", "list")
    assert person == {
        "login": "novak",
        "name": "Jan Novák",
        "departments": [],
        "roles": ["administrator"],
        "active": True,
    }
    assert [one["name"] for one in as_json(tmp_path, "client", "list")] == ["Spisovka"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("client", "add", "x", "--scopes", "everything"), "everything"),
        (("user", "add", "a", "A", "--department", "none"), "none"),
        (("user", "passwd", "nobody", "--generate"), "nobody"),
    ],
)
def test_a_refused_command_says_why_in_one_line(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        paraph_command(tmp_path, *arguments)
    assert "Traceback" not in str(refused.value)


@pytest.mark.parametrize("name", ["verify", "doctor"])
def test_looking_at_a_database_that_is_not_there_makes_none(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused, match="there is no database"):
        paraph_command(tmp_path, name)
    assert list(tmp_path.iterdir()) == []


def test_a_backup_taken_beside_the_server_fills_an_empty_database_once(tmp_path: Path) -> None:
    first, second, file = tmp_path / "first", tmp_path / "second", tmp_path / "office.paraph"
    with paraph(first):
        as_json(first, "user", "add", "novak", "Jan Novák")
        assert as_json(first, "backup", str(file))["items"] > 0
    assert as_json(second, "restore", str(file))["epoch"] > 0
    assert [one["login"] for one in as_json(second, "user", "list")] == ["novak"]
    assert as_json(second, "verify")["flaws"] == []
    with pytest.raises(Refused, match="not empty"):
        paraph_command(second, "restore", str(file))


def test_a_flipped_byte_in_the_database_is_found_by_verify(tmp_path: Path) -> None:
    as_json(tmp_path, "user", "add", "novak", "Jan Novák")
    assert as_json(tmp_path, "verify")["facts"] == 1
    file = tmp_path / "paraph.db"
    raw = file.read_bytes()
    at = raw.rfind(b"person.added")
    assert at > 0
    file.write_bytes(raw[:at] + b"P" + raw[at + 1 :])
    with pytest.raises(Refused, match="1 "):
        paraph_command(tmp_path, "verify")


def test_doctor_and_migrate_end_well_on_a_new_office(tmp_path: Path) -> None:
    assert as_json(tmp_path, "migrate")["writable"] is True
    findings = {one["about"]: one["level"] for one in as_json(tmp_path, "doctor")["findings"]}
    assert findings["database"] == findings["address"] == "good"
    with pytest.raises(Refused, match="https"):
        paraph_command(tmp_path, "doctor", "--url", "http://office.example")


def test_a_server_that_cannot_write_says_so_and_names_the_folder(tmp_path: Path) -> None:
    """No file may grow beyond 16 KiB, as on a disk that is full."""
    data = tmp_path / "office"
    start = f"ulimit -f 16; exec {sys.executable} -m server serve --port 0 --data {data}"
    ended = subprocess.run(["bash", "-c", start], capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert f"the disk is full or cannot be written, look at the folder {data} (" in ended.stderr
    assert "trouble" not in ended.stderr
