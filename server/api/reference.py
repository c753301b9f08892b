"""The reference page: the interface in one readable page, made from the same description as `/openapi.json`."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from aiohttp import web

from server.api.route import Access, Call, Reply, Route

STYLE = "/reference.css"


async def reference(call: Call) -> Reply:
    page = web.Response(text=page_of(call.office.openapi), content_type="text/html", charset="utf-8")
    return Reply(stream=page)


async def style(call: Call) -> Reply:
    return Reply(stream=web.Response(text=CSS, content_type="text/css", charset="utf-8"))


CSS = """:root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin-top: 2.5rem; border-bottom: 1px solid #8884 } code { font-size: 13px }
details { border: 1px solid #8884; border-radius: 6px; margin: .5rem 0; padding: .5rem .75rem }
summary { cursor: pointer } summary b { display: inline-block; min-width: 4.5rem } pre { overflow-x: auto }
"""


def page_of(description: Mapping[str, Any]) -> str:
    tags: dict[str, list[str]] = {}
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            tags.setdefault(operation["tags"][0], []).append(_operation(method, path, operation))
    sections = "".join(f'<h2 id="{escape(tag)}">{escape(tag)}</h2>{"".join(parts)}' for tag, parts in tags.items())
    shapes = "".join(_shape(name, schema) for name, schema in description["components"]["schemas"].items())
    title = f"Paraph {escape(description['info']['version'])}"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<title>{title}: interface</title><link rel="stylesheet" href="{STYLE}"><h1>{title}: interface</h1>'
        f'<p>The same for programs: <a href="/openapi.json">openapi.json</a>.</p>{sections}'
        f"<h2>Shapes</h2>{shapes}</html>"
    )


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    rows = [f"{p['in']} <code>{escape(p['name'])}</code>" for p in operation["parameters"]]
    for media, body in operation.get("requestBody", {}).get("content", {}).items():
        fields = ", ".join(body["schema"].get("properties", ()))
        rows.append(f"body: {escape(media)} {escape(fields) or _name(body['schema'])}")
    for status, answer in operation["responses"].items():
        for media, content in answer.get("content", {}).items():
            rows.append(f"{escape(status)}: {escape(media)} {_name(content['schema'])}")
    items = "".join(f"<li>{row}</li>" for row in rows)
    head = f"<b>{method.upper()}</b> <code>{escape(path)}</code> {escape(operation['summary'])}"
    return f'<details id="{escape(operation["operationId"])}"><summary>{head}</summary><ul>{items}</ul></details>'


def _name(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return f'<a href="#shape-{escape(name)}">{escape(name)}</a>'
    if schema.get("type") == "array":
        return f"list of {_name(schema['items'])}"
    return escape(str(schema.get("type", "anything")))


def _shape(name: str, schema: Mapping[str, Any]) -> str:
    required = set(schema.get("required", ()))
    rows = "".join(
        f"<li><code>{escape(field)}{'' if field in required else '?'}</code> {_type(spec)}</li>"
        for field, spec in schema.get("properties", {}).items()
    )
    words = escape(schema.get("description", ""))
    return (
        f'<details id="shape-{escape(name)}"><summary><b>{escape(name)}</b> {words}</summary><ul>{rows}</ul></details>'
    )


def _type(spec: Mapping[str, Any]) -> str:
    options = [option for option in spec.get("anyOf", [spec]) if option.get("type") != "null"]
    return " or ".join(_name(option) for option in options)


ROUTES = (
    Route("GET", "/reference", reference, "This interface as a page", access=Access.PUBLIC, media=("text/html",)),
    Route("GET", STYLE, style, "The style of that page", access=Access.PUBLIC, media=("text/css",)),
)
