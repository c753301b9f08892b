"""What the outside was promised stays: every address, with the methods and parameters that programs rely on."""

from __future__ import annotations

import re

import pytest

from server.api.openapi import describe
from server.api.table import ROUTES

PROMISE = """
POST GET DELETE?all /api/v1/session
POST /api/v1/tokens
POST /api/v1/tickets
GET?limit&after&q&state&department&kind&mine POST /api/v1/documents
GET PATCH /api/v1/documents/{}
GET PUT DELETE /api/v1/documents/{}/members/{}
GET?format /api/v1/documents/{}/content
POST /api/v1/documents/{}/imports
GET?limit&after /api/v1/documents/{}/history
GET?format /api/v1/documents/{}/history/{}
POST /api/v1/documents/{}/history/{}/restore
GET?limit&after POST /api/v1/documents/{}/threads
POST /api/v1/threads/{}/replies
PATCH /api/v1/threads/{}
GET /api/v1/documents/{}/audit
POST /api/v1/documents/{}/status-codes
GET /api/v1/departments
GET?q&department /api/v1/people
GET /api/v1/schema
GET /sync/{}
GET?limit&after /api/v1/documents/{}/versions
GET /api/v1/versions/{}
GET?format /api/v1/versions/{}/content
GET /api/v1/versions/{}/file
GET?format /api/v1/versions/{}/compare/{}
POST /api/v1/documents/{}/rounds
POST /api/v1/rounds/{}/open
POST /api/v1/rounds/{}/close
POST /api/v1/rounds/{}/cancel
POST /api/v1/rounds/{}/reopen
POST /api/v1/rounds/{}/extend
GET /api/v1/rounds/{}
GET?limit&after POST /api/v1/rounds/{}/comments
PATCH /api/v1/comments/{}
POST /api/v1/comments/{}/withdraw
GET POST /api/v1/comments/{}/replies
PUT /api/v1/rounds/{}/opinions/{}
PUT /api/v1/comments/{}/settlement
POST /api/v1/comments/{}/apply
PUT /api/v1/comments/{}/answer
POST /api/v1/comments/{}/dispute/escalate
POST /api/v1/comments/{}/dispute/remove
POST /api/v1/comments/{}/dispute/decide
GET?format /api/v1/rounds/{}/report
POST /api/v1/documents/{}/finalize
POST /api/v1/versions/{}/signing
GET /api/v1/signings/{}
POST /api/v1/signings/{}/refuse
GET /api/v1/signing-desk
POST /api/v1/signing-acts
PUT /api/v1/signing-acts/{}/signatures
GET POST /api/v1/credentials
DELETE /api/v1/credentials/{}
POST /api/v1/versions/{}/change
POST /api/v1/verifications
GET /api/v1/jobs/{}
GET /verify/{}
GET /public/v1/trust-anchors.pem
POST /registry/v1/token
GET /registry/v1/capabilities
GET?after&limit&wait /registry/v1/events
GET?state&updatedSince /registry/v1/handovers
GET /registry/v1/handovers/{}
POST /registry/v1/handovers/{}/rejection
GET?format /registry/v1/handovers/{}/package
GET /registry/v1/handovers/{}/files/{}
GET /registry/v1/handovers/{}/audit
PUT /registry/v1/handovers/{}/receipt
PUT /registry/v1/handovers/{}/registration
PUT /registry/v1/handovers/{}/archival
POST /public/v1/status-queries
GET /status
GET /healthz
GET /readyz
GET /openapi.json
"""

PATHS = {re.sub(r"\{\w+\}", "{}", path): operations for path, operations in describe(ROUTES, "0")["paths"].items()}


@pytest.mark.parametrize("line", PROMISE.split("\n")[1:-1])
def test_what_was_promised_is_there(line: str) -> None:
    *promised, path = line.split(" ")
    for method, _, parameters in (word.partition("?") for word in promised):
        operation = PATHS[path][method.lower()]
        taken = {one["name"] for one in operation["parameters"] if one["in"] == "query"}
        assert set(filter(None, parameters.split("&"))) <= taken, f"{method} {path}"


def test_no_two_shapes_bear_one_name() -> None:
    schemas = describe(ROUTES, "0")["components"]["schemas"]
    assert [name for name in schemas if "__" in name] == []


def test_every_answer_and_every_form_is_described() -> None:
    bare = [
        f"{method} {path}"
        for path, operations in PATHS.items()
        for method, operation in operations.items()
        for status, answer in operation["responses"].items()
        if status in ("200", "201", "202") and "content" not in answer and method != "head"
    ]
    unread = [route.path for route in ROUTES if route.raw and route.method == "POST" and not route.form]
    assert (bare, unread) == ([], [])
