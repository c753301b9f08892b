"""The whole way of one document through the real screens: written, reviewed, settled, signed, changed, signed again."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from playwright.sync_api import Browser, expect

from tests.journeys.conftest import Office
from tests.journeys.paper import document_id, draft, expect_saved, mark, paper, write_behind
from tests.journeys.people import Story, act, dialog, press, told
from tests.servers.paraph import run
from tests.signing.alterations import appended, overlay

TITLE = "Pravidla pro podporu kulturních akcí"
WRITTEN = (
    "Čl. Předmět",
    "Kraj podporuje kulturní akce, které mají význam pro celý kraj.",
    "Podpora se poskytuje na žádost.",
    "",
    "Čl. Výše dotace",
    "Dotace činí nejvýše 300 000 Kč na jednoho žadatele.",
    "Žádosti se podávají do 31. ledna.",
)


def test_the_whole_way(office: Office, browser: Browser) -> None:
    story = Story(office, TITLE)
    begin(story)
    remark(story)
    code = status_code(story)
    open_round(story)
    comment(story)
    opinions(story)
    settle(story)
    dispute(story)
    report(story)
    finalise(story, "1")
    first = sign_by_both(story)
    change(story)
    second = sign_again(story)
    compare(story)
    verify(story, first, second)
    registry(story)
    citizen(story, browser, code)
    trail(story)
    assert story.complaints() == {}


def begin(story: Story) -> None:
    """A blank sheet becomes articles with clauses as one types; a colleague of another department may write too."""
    page = story.page("novotny")
    page.get_by_role("link", name="Nový dokument").click()
    dialog(page).get_by_label("Název").fill(TITLE)
    press(dialog(page), "Založit dokument")
    expect(page.get_by_role("heading", level=1, name=TITLE)).to_be_visible()
    story.document = document_id(page)
    draft(page).click()
    for at, line in enumerate(WRITTEN):
        if at:
            page.keyboard.press("Enter")
        page.keyboard.type(line)
    expect(paper(page).locator("p.article")).to_have_count(2)
    expect(paper(page).locator("p.clause", has_text="Žádosti se podávají")).to_be_visible()
    expect_saved(page)
    act(page, "Lidé u dokumentu")
    dialog(page).get_by_label("Přidat člověka").fill("jelín")
    expect(page.get_by_role("option", name="Tomáš Jelínek")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    role = dialog(page).get_by_label("Role: Tomáš Jelínek")
    expect(role).to_have_value("editor")
    dialog(page).get_by_role("button", name="Odebrat: Tomáš Jelínek").click()
    expect(role).to_be_hidden()
    dialog(page).get_by_role("button", name="Vrátit zpět").click()
    expect(role).to_have_value("editor")
    role.select_option("reader")
    expect(dialog(page).get_by_role("status")).to_have_text("Role je změněná, předtím: zpracovatel.")
    dialog(page).get_by_role("button", name="Vrátit zpět").click()
    expect(role).to_have_value("editor")
    page.keyboard.press("Escape")


def remark(story: Story) -> None:
    """A remark on a passage with a mention; a reply; it follows its passage; resolved."""
    theirs = story.at_document("jelinek")
    draft(theirs)
    mark(theirs, "na jednoho žadatele")
    theirs.get_by_role("toolbar", name="K označenému textu").get_by_role("button", name="Poznámka").click()
    words = theirs.get_by_role("textbox", name="Poznámka")
    words.press_sequentially("Na žadatele, nebo na akci? @novot")
    theirs.get_by_role("option", name="Mgr. Jakub Novotný").click()
    press(theirs, "Přidat poznámku")
    card = theirs.get_by_role("article", name="Poznámka, Tomáš Jelínek")
    expect(card).to_contain_text("@Mgr. Jakub Novotný")
    mine = story.page("novotny")
    write_behind(mine, "Dotace činí", " v jednom roce")
    expect(paper(theirs)).to_contain_text("Dotace činí v jednom roce")
    expect(theirs.locator("[data-passage]").filter(has_text="na jednoho žadatele").first).to_be_visible()
    here = mine.get_by_role("article", name="Poznámka, Tomáš Jelínek")
    here.click()
    here.get_by_role("textbox", name="Odpověď").fill("Na žadatele, doplním.")
    press(here, "Odpovědět")
    expect(here).to_contain_text("Na žadatele, doplním.")
    press(here, "Vyřešit")
    expect(here).to_contain_text("vyřešeno")
    expect_saved(mine)


def status_code(story: Story) -> str:
    page = story.page("novotny")
    act(page, "Kód pro občana")
    press(dialog(page), "Vydat nový kód")
    shown = dialog(page).locator(".code")
    expect(shown).to_have_text(re.compile(r"\w{4}-\w{4}"))
    code = shown.inner_text().strip()
    page.keyboard.press("Escape")
    return code


def open_round(story: Story) -> None:
    """Three departments are asked; one of them need not answer."""
    page = story.page("novotny")
    act(page, "Zahájit připomínkové kolo")
    window = dialog(page)
    for department in ("Ekonomický odbor", "Právní odbor", "Kancelář ředitele"):
        window.get_by_label(department, exact=True).check()
    window.get_by_label("Povinnost: Kancelář ředitele").select_option("optional")
    press(window, "Zmrazit text a zahájit")
    told(page, "Kolo 1 běží.")
    expect(page.get_by_role("button", name=re.compile("^0.1"))).to_be_visible()


def comment(story: Story) -> None:
    """A reviewer without the right to write: two comments, one with a proposed wording, one major."""
    page = story.page("sykora")
    page.goto("/", wait_until="domcontentloaded")
    page.get_by_role("listitem").filter(has_text=TITLE).get_by_role("link", name="Připomínkovat").click()
    expect(page.get_by_text("Verze 0.1").or_(page.get_by_text("verze 0.1")).first).to_be_visible()
    expect(paper(page)).to_have_attribute("aria-readonly", "true")
    mark(page, "300 000 Kč")
    page.get_by_role("toolbar", name="K označenému textu").get_by_role("button", name="Navrhnout znění").click()
    form = page.get_by_role("article", name="Nová připomínka")
    form.get_by_role("textbox", name="Navrhované znění").fill("500 000 Kč")
    form.get_by_role("textbox", name="Připomínka").fill("Částka neodpovídá rozpočtu.")
    press(form, "Přidat připomínku")
    expect(page.get_by_role("article", name="Připomínka č. 1, Právní odbor")).to_contain_text("500 000 Kč")
    mark(page, "do 31. ledna")
    page.get_by_role("toolbar", name="K označenému textu").get_by_role("button", name="Připomínka").click()
    form = page.get_by_role("article", name="Nová připomínka")
    press(form, "zásadní")
    form.get_by_role("textbox", name="Připomínka").fill("Lhůta je krátká.")
    expect(form.get_by_role("button", name="Přidat připomínku")).to_be_disabled()
    form.get_by_role("textbox", name=re.compile("^Odůvodnění")).fill("Spolky uzavírají účetnictví v únoru.")
    press(form, "Přidat připomínku")
    expect(page.get_by_role("article", name="Připomínka č. 2, Právní odbor")).to_be_visible()


def opinions(story: Story) -> None:
    """One department brings comments, one has none, one is silent: the round ends once who must answer has."""
    lawyer = story.at_document("kralovska")
    press(lawyer, "Odevzdat stanovisko")
    expect(dialog(lawyer).get_by_label("se zásadními připomínkami")).to_be_checked()
    press(dialog(lawyer), "Odevzdat stanovisko")
    told(lawyer, "Stanovisko je odevzdané.")
    economist = story.at_document("jelinek", "?mode=review")
    press(economist, "Odevzdat stanovisko")
    dialog(economist).get_by_label("bez připomínek").check()
    press(dialog(economist), "Odevzdat stanovisko")
    told(economist, "Stanovisko je odevzdané.")
    page = story.at_document("novotny")
    expect(page.get_by_text("2 ze 3 stanovisek")).to_be_visible()
    expect(page.get_by_role("link", name="Vypořádání")).to_be_visible()
    page.get_by_role("button", name="2 ze 3 stanovisek").click()
    expect(dialog(page).get_by_text("mlčky bez připomínek")).to_be_visible()
    page.keyboard.press("Escape")


def settle(story: Story) -> None:
    """The accepted proposal goes into the draft with one click; the major comment is rejected with a reason."""
    page = story.page("novotny")
    page.get_by_role("link", name="Vypořádání").click()
    first = page.get_by_role("row").filter(has_text="Částka neodpovídá rozpočtu.")
    first.click()
    press(first, "Akceptovat a zapsat")
    expect(first).to_contain_text("zapsáno do textu")
    second = page.get_by_role("row").filter(has_text="Lhůta je krátká.")
    second.click()
    press(second, "Zamítnout")
    second.get_by_role("textbox", name="Odůvodnění vypořádání").fill("Rozpočet se schvaluje v prosinci.")
    press(second, "Vypořádat")
    expect(second).to_contain_text("neakceptováno")


def dispute(story: Story) -> None:
    """The department disagrees; after a talk the submitter removes the dispute."""
    lawyer = story.at_document("kralovska", "?mode=review")
    card = lawyer.get_by_role("article", name="Připomínka č. 2, Právní odbor")
    card.click()
    press(card, "Nesouhlasíme")
    card.get_by_role("textbox", name="Proč nesouhlasíte").fill("Na delší lhůtě trváme.")
    press(card, "Nesouhlasit, vznikne rozpor")
    expect(card).to_contain_text("rozpor")
    page = story.page("novotny")
    row = page.get_by_role("row").filter(has_text="Lhůta je krátká.")
    expect(row).to_contain_text("rozpor, jedná se")
    row.click()
    press(row, "Odstranit rozpor")
    row.get_by_role("textbox", name="Na čem jste se dohodli").fill("Lhůta zůstává, příjem žádostí začne dříve.")
    press(row, "Odstranit rozpor")
    expect(row).to_contain_text("rozpor odstraněn")
    expect(page.get_by_text("Všechno je vypořádané.").first).to_be_visible()


def report(story: Story) -> None:
    page = story.page("novotny")
    press(page, "Stáhnout")
    address = page.get_by_role("menuitem", name="PDF/A").get_attribute("href")
    assert address
    file = page.request.get(address)
    assert file.body().startswith(b"%PDF-")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="K dokumentu").click()
    expect(draft(page)).to_contain_text("nejvýše 500 000 Kč")


def finalise(story: Story, number: str) -> None:
    page = story.page("novotny")
    act(page, "Vytvořit finální verzi")
    press(dialog(page), "Vysázet a uzavřít")
    expect(page.get_by_text(f"Finální verze {number} je připravená k podpisu.")).to_be_visible(timeout=30_000)


def send_to_sign(story: Story, *names: str) -> None:
    page = story.page("novotny")
    press(page, "Předat k podpisu")
    window = dialog(page)
    for name in names:
        press(window, name)
    window.get_by_label("Pořadí").select_option("parallel")
    press(window, "Předat k podpisu")
    told(page, "Předáno k podpisu.")


def sign_here(story: Story, login: str) -> None:
    """From the document: the pages, the key, the PIN."""
    page = story.at_document(login)
    press(page, "Prohlédnout a podepsat")
    window = dialog(page)
    expect(window.locator("canvas").first).to_be_visible()
    window.get_by_label("PIN").fill(story.pin(login))
    press(window, "Podepsat")
    told(page, "Podepsáno.")


def sign_by_both(story: Story) -> bytes:
    """One signs from the document, the other this and eleven more from the desk in one act. The signed file."""
    send_to_sign(story, "Mgr. Lucie Benešová", "Ing. Eva Málková")
    sign_here(story, "benesova")
    desk = story.page("malkova")
    desk.get_by_role("navigation", name="Hlavní").get_by_role("link", name="Podepisování").click()
    rows = desk.locator("li[data-row]")
    expect(rows).to_have_count(13)
    expect(desk.get_by_role("checkbox", name=f"Vybrat {TITLE}")).not_to_be_checked()
    desk.get_by_role("checkbox", name="Vybrat všechny").check()
    desk.get_by_role("checkbox", name=re.compile("^Vybrat Smlouva")).first.uncheck()
    press(desk, "Podepsat 12 dokumentů")
    dialog(desk).get_by_label("PIN").fill("000000")
    press(dialog(desk), "Podepsat 12 dokumentů")
    expect(dialog(desk).get_by_text("PIN nesouhlasí. Nepodepsalo se nic.")).to_be_visible()
    story.chairs["malkova"].complaints.clear()  # the browser's own line about the refusal
    dialog(desk).get_by_label("PIN").fill(story.pin("malkova"))
    press(dialog(desk), "Podepsat 12 dokumentů")
    expect(desk.get_by_text("Hotovo: podepsáno 12 ze 12.")).to_be_visible(timeout=30_000)
    expect(desk.get_by_text("podepsáno", exact=True)).to_have_count(12)
    press(desk, "Uklidit hotové")
    expect(rows).to_have_count(1)
    return signed_file(story, "1")


def version(story: Story, number: str) -> dict[str, Any]:
    found = story.api("novotny", f"/api/v1/documents/{story.document}/versions")
    items = found["items"] if isinstance(found, dict) else found
    return dict(next(one for one in items if one["number"] == number))


def signed_file(story: Story, number: str) -> bytes:
    of = version(story, number)
    assert of["kind"] == "signed"
    data = story.page("novotny").request.get(f"/api/v1/versions/{of['id']}/file").body()
    assert hashlib.sha256(data).hexdigest() == of["fileHash"]
    return data


def change(story: Story) -> None:
    """A mistake is found after signing: a draft of version 2 from exactly that content."""
    page = story.at_document("novotny")
    press(page, "Změnit")
    dialog(page).get_by_label("Důvod").fill("Chybný termín podání žádostí.")
    press(dialog(page), "Změnit")
    told(page, "Píšete verzi 2.")
    draft(page)
    mark(page, "31. ledna")
    page.keyboard.type("15. února")
    expect_saved(page)
    expect(paper(page)).to_contain_text("Žádosti se podávají do 15. února.")


def sign_again(story: Story) -> bytes:
    finalise(story, "2")
    send_to_sign(story, "Ing. Eva Málková")
    sign_here(story, "malkova")
    page = story.at_document("novotny")
    expect(page.get_by_role("button", name=re.compile(r"^1 .*nahrazeno"))).to_be_visible()
    return signed_file(story, "2")


def compare(story: Story) -> None:
    page = story.page("novotny")
    page.get_by_role("button", name=re.compile(r"^1 .*nahrazeno")).click()
    expect(page.get_by_text("Tuto verzi nahradila verze 2.")).to_be_visible()
    press(page.get_by_role("group", name="Pohled"), "Porovnat")
    expect(page.get_by_role("heading", level=1, name="Porovnání verzí")).to_be_visible()
    sheet = page.get_by_role("article", name="Porovnání verzí")
    expect(sheet.locator("del", has_text="31")).to_be_visible()
    expect(sheet.locator("ins", has_text="15")).to_be_visible()


def verify(story: Story, first: bytes, second: bytes) -> None:
    """The current version, the superseded one, and an altered copy that names the page."""
    page = story.page("novotny")
    altered = appended(overlay)(first)
    for name, data, words in (
        ("verze-2.pdf", second, "Toto je platné znění."),
        ("verze-1.pdf", first, "Je to ale starší znění, které bylo nahrazeno novějším."),
        ("zmenena.pdf", altered, "Dokument byl po podpisu změněn na straně 1."),
    ):
        page.get_by_role("navigation", name="Hlavní").get_by_role("link", name="Ověření").click()
        if (again := page.get_by_role("button", name="Ověřit jiný soubor")).is_visible():
            again.click()
        page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "application/pdf", "buffer": data})
        expect(page.get_by_text(words)).to_be_visible(timeout=30_000)
    expect(page.get_by_role("heading", name="Co se změnilo")).to_be_visible()
    expect(page.get_by_role("heading", name="Podpisy").locator("..")).to_contain_text("Ing. Eva Málková")


def registry(story: Story) -> None:
    """What was signed is on its way to the registry."""
    page = story.page("novotny")
    page.get_by_role("navigation", name="Hlavní").get_by_role("link", name="Spisovna").click()
    expect(page.get_by_role("group").get_by_text(TITLE).first).to_be_visible(timeout=30_000)


def citizen(story: Story, browser: Browser, code: str) -> None:
    """Without signing in and without any script."""
    with browser.new_context(
        base_url=story.office.running.server.url, locale="cs-CZ", java_script_enabled=False
    ) as context:
        page = context.new_page()
        page.goto("/status")
        page.get_by_label("Kód").fill(code)
        press(page, "Zjistit stav")
        expect(page.get_by_text("Odbor kultury a památkové péče")).to_be_visible()
        expect(page.get_by_role("list").filter(has_text="právě teď")).to_be_visible()
        assert TITLE not in page.content()
        assert "Novotný" not in page.content()


def trail(story: Story) -> None:
    """The auditor reads every fact in order; the chain is whole."""
    page = story.at_document("kucerova")
    act(page, "Záznam událostí")
    facts = dialog(page).get_by_role("list", name="Záznam událostí").get_by_role("listitem")
    expect(facts.first).to_contain_text("Dokument založen")
    kept = story.api("kucerova", f"/api/v1/documents/{story.document}/audit")
    expect(facts).to_have_count(len(kept))
    story.office.running.server.stop()
    run("verify", *story.office.running.storage_options)
