"""What arrives before anybody is known: every byte of it may be wrong, and none of it is an error of ours."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from server.api.multipart import LARGEST_HEAD, MOST_PARTS
from server.app import build_app, open_office
from server.edge import Runner, silent_of
from server.settings import settings
from tests.server.desk import upload
from tests.server.world import Answer, Browser, World, open_world


async def say(server: TestServer, *lines: bytes, body: bytes = b"") -> Answer:
    """Bytes as they are, in one connection; the answer to them."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"\r\n".join((*lines, b"Host: localhost", b"Connection: close", b"", b"")) + body)
    head = await reader.readuntil(b"\r\n\r\n")
    raw = await reader.read()
    writer.close()
    first, *fields = head.decode().strip().split("\r\n")
    headers = {name.title(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
    return Answer(int(first.split()[1]), headers, raw)


SESSION, EVENTS = b"GET /api/v1/session HTTP/1.1", b"GET /registry/v1/events HTTP/1.1"
JSON = b"Content-Type: application/json"


@pytest.mark.parametrize(
    ("lines", "body", "status", "code"),
    [
        ((SESSION, b"Authorization: Bearer \xe9"), b"", 401, "not_signed_in"),
        ((SESSION, b"Authorization: \xe9"), b"", 401, "not_signed_in"),
        ((SESSION, b"Cookie: paraph=\xe9"), b"", 401, "not_signed_in"),
        ((EVENTS, b"Authorization: Bearer \xe9"), b"", 401, "not_signed_in"),
        ((b"POST /api/v1/session HTTP/1.1", b"Origin: http://[::1"), b"", 403, "cross_origin"),
        (
            (b"POST /api/v1/session HTTP/1.1", JSON, b"Content-Encoding: gzip", b"Content-Length: 2"),
            b"{}",
            400,
            "bad_request",
        ),
        ((SESSION, b"X: a\0b"), b"", 400, "bad_request"),
        ((SESSION, b"no colon"), b"", 400, "bad_request"),
        ((b"\x16\x03\x01 / HTTP/1.1",), b"", 400, "bad_request"),
        ((SESSION, *(b"X-%d: y" % n for n in range(200))), b"", 400, "bad_request"),
        ((SESSION, b"X: " + b"y" * 40_000), b"", 400, "bad_request"),
        ((b"GET /api/v1/\xe9 HTTP/1.1",), b"", 400, "bad_request"),
    ],
)
async def test_what_cannot_be_read_is_refused_in_our_words(
    world: World, lines: tuple[bytes, ...], body: bytes, status: int, code: str
) -> None:
    answer = await say(world.server, *lines, body=body)
    assert (answer.status, answer.code) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_a_line_of_the_log_tells_of_bad_http_without_what_it_said(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await say(world.server, SESSION, b"Authorization: Bearer sec\0ret")
    (record,) = [record for record in caplog.records if record.name == "paraph.edge"]
    assert record.exc_info is None
    assert "127.0.0.1" in record.getMessage()
    assert "ret" not in caplog.text


async def test_no_answer_tells_which_software_answers(world: World) -> None:
    for lines in ((b"GET /healthz HTTP/1.1",), (b"GET /nowhere.txt HTTP/1.1",), (b"no http",)):
        assert (await say(world.server, *lines)).headers["Server"] == "Paraph"


def cookie_of(browser: Browser, world: World) -> bytes:
    jar = browser.client.session.cookie_jar.filter_cookies(world.server.make_url("/"))
    return b"Cookie: paraph=" + jar["paraph"].value.encode()


async def test_a_key_that_is_no_text_is_refused(world: World) -> None:
    browser = await world.browser("novakova")
    body = json.dumps({"title": "x", "department": world.people["novakova"].departments[0]}).encode()
    head = (b"POST /api/v1/documents HTTP/1.1", JSON, b"Content-Length: %d" % len(body), cookie_of(browser, world))
    refused = await say(world.server, *head, b"Idempotency-Key: \xe9", body=body)
    assert (refused.status, refused.code) == (400, "bad_request")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x",
        b"--x--",
        b"--x\r\nfoo bar\xff\r\n\r\ndata\r\n--x--\r\n",
        b"--x\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(LARGEST_HEAD // 6)) + b"\r\n\r\n--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n' * (MOST_PARTS + 1) + b"--x--\r\n",
        b"\r\n" * 10_000,
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF',
    ],
)
async def test_a_form_that_cannot_be_read_is_refused(world: World, body: bytes) -> None:
    browser = await world.browser("novakova")
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    async with browser.client.post("/api/v1/verifications", data=body, headers=headers) as response:
        assert response.status in (400, 422)
        assert (await response.json(content_type=None))["code"] in ("bad_request", "invalid")


async def test_a_form_with_a_file_and_words_is_read(world: World) -> None:
    answer = await upload(await world.browser("novakova"), "/api/v1/verifications", b"no pdf")
    assert (answer.status, answer.code) == (415, "not_pdf")


async def test_an_upload_broken_off_is_no_error_of_ours(world: World, caplog: pytest.LogCaptureFixture) -> None:
    browser = await world.browser("novakova")
    _, writer = await asyncio.open_connection("127.0.0.1", world.server.port)
    head = (b"POST /api/v1/verifications HTTP/1.1", b"Host: localhost", b"Content-Length: 9000")
    kind = b"Content-Type: multipart/form-data; boundary=x"
    writer.write(b"\r\n".join((*head, kind, cookie_of(browser, world), b"", b"--x\r\n")))
    await writer.drain()
    writer.transport.abort()
    assert (await browser.get("/api/v1/session")).status == 200
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_headers_that_do_not_end_end_the_connection(tmp_path: Path) -> None:
    async with open_office(settings({"data": str(tmp_path)}, {})) as office:
        runner = Runner(build_app(office), silent_of(office.settings), patience=0.2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        for begun in (b"", b"GET / HTTP/1.1\r\nX: ", b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(begun)
            if begun.endswith(b"\r\n\r\n"):
                assert b"200" in await reader.readline()
                writer.write(b"GET / HTTP/1.1\r\nX: ")
            async with asyncio.timeout(5):
                await reader.read()
            writer.close()
        await runner.cleanup()


@pytest.mark.parametrize(("trusted", "held"), [("", 3), ("127.0.0.0/8", 5)])
async def test_an_address_may_only_be_silent_so_often(tmp_path: Path, trusted: str, held: int) -> None:
    """Not even a refused connection is left open; who asks for something makes room for the next."""
    async with open_world(tmp_path, silent_per_address="3", trusted_proxies=trusted) as world:
        port = world.server.port
        lines = [await asyncio.open_connection("127.0.0.1", port) for _ in range(5)]
        ended = [asyncio.create_task(reader.read()) for reader, _ in lines]
        if held < len(lines):
            await asyncio.wait(ended, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait(ended[held:])
        lines[0][1].write(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert b"200" in await ended[0]
        assert [task.done() for task in ended] == [
            True,
            *(False for _ in range(1, held)),
            *(True for _ in ended[held:]),
        ]
        assert (await (await world.browser()).get("/healthz")).status == 200
        for _, writer in lines:
            writer.close()
        await asyncio.gather(*ended)
