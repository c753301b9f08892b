"""The frame of a public page: plain HTML, every value escaped, nothing inline."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from html import escape
from importlib.resources import files
from urllib.parse import quote

from aiohttp import web

from server.api.dispatch import OFFICE
from server.api.shapes import Query

LANGUAGES = {"cs": "Čeština", "en": "English"}


class PageQuery(Query):
    """People follow links to which others have added something: what a page does not know it passes over."""

    model_config = Query.model_config | {"extra": "ignore"}
    lang: str = ""


def sheet() -> bytes:
    """The style sheet of the public pages."""
    return files("server").joinpath("pages", "public.css").read_bytes()


def language_of(query: PageQuery, otherwise: str) -> str:
    """Chosen by `?lang`, else by the browser."""
    return query.lang if query.lang in LANGUAGES else otherwise


def page(request: web.Request, locale: str, title: str, body: str, status: int = 200) -> web.Response:
    """A whole page around `body`, which is HTML already."""
    office = escape(request.app[OFFICE].settings.office)
    links = " ".join(_language(request, code, locale) for code in LANGUAGES)
    text = f"""<!doctype html>
<html lang="{locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>{escape(title)} · {office}</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/public/public.css">
</head>
<body>
<header class="bar"><a class="brand" href="/status?lang={locale}">{office}</a><nav>{links}</nav></header>
<main>
{body}
</main>
</body>
</html>
"""
    headers = {"Cache-Control": "no-store", "Content-Language": locale}
    return web.Response(text=text, content_type="text/html", status=status, headers=headers)


def _language(request: web.Request, code: str, locale: str) -> str:
    here = ' aria-current="true"' if code == locale else ""
    return f'<a href="{quote(request.path)}?lang={code}" lang="{code}" hreflang="{code}"{here}>{LANGUAGES[code]}</a>'


_MONTHS: Mapping[str, str] = {
    "cs": "ledna února března dubna května června července srpna září října listopadu prosince",
    "en": "January February March April May June July August September October November December",
}


def day(moment: date, locale: str) -> str:
    """As people say it, with the exact date for machines."""
    month = _MONTHS[locale].split()[moment.month - 1]
    words = f"{moment.day}. {month} {moment.year}" if locale == "cs" else f"{moment.day} {month} {moment.year}"
    return f'<time datetime="{moment.isoformat()}">{words}</time>'
