"""OpenAPI 3.1, made from the one route table and the shapes that its handlers take and give."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter

from server.api.route import Access, Route
from server.api.shapes import ProblemShape

REF = "#/components/schemas/{model}"
BYTES = {"type": "string", "format": "binary"}


def describe(routes: Sequence[Route], version: str) -> dict[str, Any]:
    """The whole document. Every shape stands once under `components/schemas`."""
    adapters = _adapters(routes)
    schemas, rest = TypeAdapter.json_schemas(
        [(key, "validation" if key[1] == "body" else "serialization", adapter) for key, adapter in adapters.items()],
        by_alias=True,
        ref_template=REF,
    )
    found = {key: schema for (key, _), schema in schemas.items()}
    paths: dict[str, Any] = {}
    for at, route in enumerate(routes):
        paths.setdefault(_path(route), {})[route.method.lower()] = _operation(route, at, found)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Paraph", "version": version, "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"}},
        "paths": paths,
        "components": {"schemas": rest.get("$defs", {}), "securitySchemes": SECURITY},
    }


SECURITY = {
    "session": {"type": "apiKey", "in": "cookie", "name": "paraph", "description": "__Host-paraph under https"},
    "token": {"type": "http", "scheme": "bearer", "description": "a personal token"},
    "registry": {"type": "http", "scheme": "bearer", "description": "an access token of POST /registry/v1/token"},
}


def _adapters(routes: Sequence[Route]) -> dict[Any, TypeAdapter[Any]]:
    found: dict[Any, TypeAdapter[Any]] = {("problem", "answer"): TypeAdapter(ProblemShape)}
    for at, route in enumerate(routes):
        if (body := route.shape("body")) is not None:
            found[(at, "body")] = TypeAdapter(body)
        if route.answer is not None:
            found[(at, "answer")] = TypeAdapter(route.answer)
    return found


def _path(route: Route) -> str:
    return re.sub(r"\{(\w+):[^}]*\}", r"{\1}", route.path)


def _operation(route: Route, at: int, schemas: dict[Any, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": f"{route.handler.__module__.rsplit('.', 1)[-1]}_{route.handler.__name__}",
        "summary": route.summary,
        "tags": [route.tag or route.handler.__module__.rsplit(".", 1)[-1]],
        "parameters": [*_path_parameters(route), *_query_parameters(route), *_headers(route)],
        "responses": _responses(route, at, schemas),
        "security": _security(route),
    }
    if (at, "body") in schemas:
        content = {"application/json": {"schema": schemas[(at, "body")]}}
        operation["requestBody"] = {"required": True, "content": content}
    elif route.form or route.file:
        operation["requestBody"] = {"required": True, "content": _form(route)}
    return operation


def _form(route: Route) -> dict[str, Any]:
    """A form with a file is multipart (RFC 7578)."""
    given = ("file", *route.file.fields) if route.file else route.form
    names = [name.removesuffix("?") for name in given]
    fields = {name: BYTES if name == "file" else {"type": "string"} for name in names}
    required = [name for name in given if not name.endswith("?")]
    media = "multipart/form-data" if "file" in names else "application/x-www-form-urlencoded"
    return {media: {"schema": {"type": "object", "properties": fields, "required": required}}}


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    names = re.findall(r"\{(\w+)[:}]", route.path)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _query_parameters(route: Route) -> list[dict[str, Any]]:
    shape = route.shape("query")
    if shape is None:
        return []
    schema = TypeAdapter(shape).json_schema(by_alias=True)
    required, definitions = schema.get("required", []), schema.get("$defs", {})
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _inlined(field, definitions)}
        for name, field in schema.get("properties", {}).items()
    ]


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """A parameter stands alone: what it refers to is put in its place."""
    if isinstance(schema, list):
        return [_inlined(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions)
    return {name: _inlined(part, definitions) for name, part in schema.items()}


def _headers(route: Route) -> list[dict[str, Any]]:
    headers = []
    if route.needs_match:
        headers.append({"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"}})
    if route.keyed:
        headers.append({"name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string"}})
    return headers


def _responses(route: Route, at: int, schemas: dict[Any, Any]) -> dict[str, Any]:
    good: dict[str, Any] = {"description": route.summary}
    if (at, "answer") in schemas:
        good["content"] = {"application/json": {"schema": schemas[(at, "answer")]}}
    for media in route.media:
        good.setdefault("content", {})[media] = {"schema": BYTES}
    bodiless = route.answer is None and not route.media and route.method != "HEAD"
    status = 204 if bodiless and route.status == 200 else route.status
    problem = {"application/problem+json": {"schema": schemas[("problem", "answer")]}}
    return {str(status): good, "default": {"description": "A problem (RFC 9457)", "content": problem}}


def _security(route: Route) -> list[dict[str, list[str]]]:
    match route.access:
        case Access.PUBLIC:
            return []
        case Access.REGISTRY:
            return [{"registry": [route.scope] if route.scope else []}]
        case Access.SIGNED_IN:
            return [{"session": []}, {"token": []}]
