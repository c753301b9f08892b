"""`/status`: one field, one answer, a line of stages. The code travels in the form's body, never in an address."""

from __future__ import annotations

from html import escape

from aiohttp import web

from review.status import Told, line, word
from server.api.forms import form_of
from server.api.route import Access, Call, Reply, Route
from server.pages.layout import PageQuery, day, language_of, page, sheet
from server.problems import Problem, words

MAX_FORM = 4_000
MOST_TYPED = 60
TEXTS = {
    "cs": {
        "title": "Stav věci",
        "lead": "Zadejte kód, který jste dostali od úřadu.",
        "code": "Kód",
        "hint": "Na mezerách, pomlčkách ani velikosti písmen nezáleží.",
        "ask": "Zjistit stav",
        "since": "Od",
        "department": "Vyřizuje",
        "next": "Co bude následovat",
        "end": "Tím vyřízení končí.",
        "expected": "Očekáváme do",
        "act": "Teď je na řadě něco od vás. Úřad vás o tom vyrozuměl.",
        "no_act": "Nemusíte nic dělat.",
        "line": "Průběh",
        "now": "právě teď",
        "done": "hotovo",
        "again": "Zadat jiný kód",
    },
    "en": {
        "title": "Status of a matter",
        "lead": "Enter the code that the office gave you.",
        "code": "Code",
        "hint": "Spaces, dashes and capitals do not matter.",
        "ask": "Show the status",
        "since": "Since",
        "department": "Handled by",
        "next": "What comes next",
        "end": "The matter ends here.",
        "expected": "Expected by",
        "act": "Something is needed from you now. The office has told you what.",
        "no_act": "You need not do anything.",
        "line": "Progress",
        "now": "now",
        "done": "done",
        "again": "Enter another code",
    },
}


async def form(call: Call, query: PageQuery) -> Reply:
    locale = language_of(query, call.locale)
    text = TEXTS[locale]
    return Reply(stream=page(call.request, locale, text["title"], _heading(text) + _form(text, locale)))


async def answer(call: Call, query: PageQuery) -> Reply:
    locale = language_of(query, call.locale)
    text = TEXTS[locale]
    typed = ""
    try:
        typed = await _typed(call)
        told = await call.office.registry.status.ask(typed, call.address)
    except Problem as problem:
        status, title, detail = words(problem, locale)
        said = f'<div class="refused" role="alert"><h2>{escape(title)}</h2><p>{escape(detail)}</p></div>'
        body = _heading(text) + said + _form(text, locale, typed)
        refused = page(call.request, locale, text["title"], body, status)
        refused.headers.update(problem.headers)
        return Reply(stream=refused)
    body = f"<h1>{text['title']}</h1>" + _told(told, text, locale)
    return Reply(stream=page(call.request, locale, text["title"], body))


async def _typed(call: Call) -> str:
    return (await form_of(call.request, MAX_FORM)).get("code", "")


def _heading(text: dict[str, str]) -> str:
    return f"<h1>{text['title']}</h1><p>{text['lead']}</p>"


def _form(text: dict[str, str], locale: str, typed: str = "") -> str:
    """With what was typed before, to be mended."""
    return f"""<form method="post" action="/status?lang={locale}" class="ask">
<label for="code">{text["code"]}</label>
<input id="code" name="code" value="{escape(typed[:MOST_TYPED])}" required maxlength="{MOST_TYPED}"
 autocomplete="off" autocapitalize="characters" spellcheck="false"
 aria-describedby="hint" placeholder="XXXX-XXXX-XXXX-XXXX-X">
<p id="hint" class="hint">{text["hint"]}</p>
<button type="submit">{text["ask"]}</button>
</form>"""


def _told(told: Told, text: dict[str, str], locale: str) -> str:
    following = word(told.next, locale) if told.next else text["end"]
    rows = [(text["since"], day(told.since, locale)), (text["department"], escape(told.department))]
    rows.append((text["next"], escape(following)))
    if told.expected:
        rows.append((text["expected"], day(told.expected, locale)))
    facts = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in rows)
    act = text["act"] if told.must_act else text["no_act"]
    return (
        f'<section class="answer" aria-live="polite"><h2 data-stage="{told.stage}">{word(told.stage, locale)}</h2>'
        f'<p class="act">{act}</p><dl>{facts}</dl>{_line(told, text, locale)}</section>'
        f'<p><a href="/status?lang={locale}">{text["again"]}</a></p>'
    )


def _line(told: Told, text: dict[str, str], locale: str) -> str:
    steps = []
    for step in line(told.stage):
        state = "done" if step.done else "now" if step.current else "later"
        here = ' aria-current="step"' if step.current else ""
        mark = f' <span class="mark">{text[state]}</span>' if state in text else ""
        steps.append(f'<li class="{state}"{here}>{word(step.stage, locale)}{mark}</li>')
    return f'<h3>{text["line"]}</h3><ol class="stages">{"".join(steps)}</ol>'


async def style(call: Call) -> Reply:
    headers = {"Cache-Control": "public, max-age=3600"}
    return Reply(stream=web.Response(body=sheet(), content_type="text/css", charset="utf-8", headers=headers))


HTML = ("text/html",)
ROUTES = (
    Route("GET", "/status", form, "The status page", None, access=Access.PUBLIC, media=HTML, tag="public"),
    Route(
        "POST",
        "/status",
        answer,
        "The status page with its answer",
        None,
        access=Access.PUBLIC,
        raw=True,
        form=("code",),
        media=HTML,
    ),
    Route(
        "GET",
        "/public/public.css",
        style,
        "Style of the public pages",
        None,
        access=Access.PUBLIC,
        media=("text/css",),
    ),
)
