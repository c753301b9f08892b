"""`/verify/{code}`: the page behind the code printed on a document: which version it is, and whether it holds."""

from __future__ import annotations

from html import escape

from review.errors import NotFound
from server.api.dispatch import caller_of
from server.api.route import Access, Call, Reply, Route
from server.pages.layout import PageQuery, day, language_of, page
from server.services.published import PublishedVersion

TEXTS = {
    "cs": {
        "title": "Ověření dokumentu",
        "current": "Toto je platné znění.",
        "superseded": "Toto znění už neplatí. Nahradilo ho znění {current}.",
        "version": "Znění",
        "signed": "Podepsáno",
        "hash": "Otisk souboru (SHA-256)",
        "compare": "Máte-li soubor, porovnejte jeho otisk s otiskem uvedeným zde: souhlasí-li, "
        "je to přesně tento dokument. "
        "Otisk spočítá ve Windows příkaz <code>certutil -hashfile soubor.pdf SHA256</code>, "
        "v Linuxu a macOS <code>shasum -a 256 soubor.pdf</code>.",
        "reader": "Podpisy ukáže i prohlížeč PDF, když mu dáte {anchors}.",
        "anchors": "kořenové certifikáty úřadu",
        "office": 'Zaměstnanci úřadu mohou <a href="/verify">soubor nahrát k ověření po přihlášení</a>.',
        "unknown": "Pod tímto kódem není žádný zveřejněný dokument.",
        "unknown_detail": "Zkontrolujte kód na vytištěné stránce. Neveřejné dokumenty uvidíte po přihlášení.",
    },
    "en": {
        "title": "Verify a document",
        "current": "This version is in force.",
        "superseded": "This version is no longer in force. Version {current} has replaced it.",
        "version": "Version",
        "signed": "Signed",
        "hash": "File digest (SHA-256)",
        "compare": "If you have the file, compare its digest with the one shown here: if they agree, "
        "it is exactly this "
        "document. On Windows <code>certutil -hashfile file.pdf SHA256</code> computes it, "
        "on Linux and macOS <code>shasum -a 256 file.pdf</code>.",
        "reader": "A PDF reader shows the signatures too, once you give it {anchors}.",
        "anchors": "the office's root certificates",
        "office": 'Staff of the office can <a href="/verify">upload a file to be verified after signing in</a>.',
        "unknown": "There is no published document under this code.",
        "unknown_detail": "Check the code on the printed page. Documents that are not public are shown after sign-in.",
    },
}


async def verify(call: Call, query: PageQuery) -> Reply:
    locale = language_of(query, call.locale)
    text = TEXTS[locale]
    caller = await caller_of(call.request)
    try:
        found = await call.office.registry.published.behind(call.part("code"), caller.person if caller else None)
    except NotFound:
        body = f"<h1>{text['unknown']}</h1><p>{text['unknown_detail']}</p>"
        return Reply(stream=page(call.request, locale, text["title"], body, 404))
    return Reply(stream=page(call.request, locale, text["title"], _found(found, text, locale)))


def _found(found: PublishedVersion, text: dict[str, str], locale: str) -> str:
    holds = found.superseded_by is None
    sentence = text["current"] if holds else text["superseded"].format(current=escape(found.current))
    days = ", ".join(dict.fromkeys(day(moment.date(), locale) for moment in found.signed)) or "–"
    anchors = f'<a href="/public/v1/trust-anchors.pem">{text["anchors"]}</a>'
    rows = [(text["version"], escape(found.number)), (text["signed"], days)]
    rows.append((text["hash"], f"<code>{escape(found.file or '–')}</code>"))
    facts = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in rows)
    return (
        f"<h1>{escape(found.title)}</h1>"
        f'<p class="verdict {"good" if holds else "old"}">{sentence}</p><dl>{facts}</dl>'
        f"<p>{text['compare']}</p><p>{text['reader'].format(anchors=anchors)}</p><p>{text['office']}</p>"
    )


ROUTES = (
    Route(
        "GET",
        "/verify/{code}",
        verify,
        "The page behind a printed code",
        None,
        access=Access.PUBLIC,
        media=("text/html",),
        tag="public",
    ),
)
