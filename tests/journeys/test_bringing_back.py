"""An earlier text is brought back: who did it may take that back, who is present is told, and older steps are over."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Office
from tests.journeys.paper import WORDS, both, expect_saved, paper, put_caret_behind, write_behind
from tests.journeys.people import act, press, told

pytestmark = pytest.mark.parametrize("running", ["sqlite"], indirect=True)
RESTORED = "Text je vrácený; zapsáno jako vaše úprava."


def bring_back_the_first(page: Page) -> None:
    act(page, "Historie textu")
    history = page.get_by_role("dialog", name="Historie textu")
    history.get_by_role("list", name="Okamžiky").get_by_role("button").last.click()
    press(history, "Vrátit text do tohoto okamžiku")
    expect(history).to_be_hidden()


def test_who_brought_a_text_back_takes_it_back_while_nobody_has_written_since(office: Office) -> None:
    one, other = both(office)
    write_behind(one, WORDS, " Dopsáno potom.")
    expect_saved(one)
    bring_back_the_first(one)
    told(one, RESTORED)
    expect(paper(other)).not_to_contain_text("Dopsáno potom.")
    expect(other.get_by_role("button", name="Vrátit moji poslední změnu")).to_be_disabled()
    expect(other.get_by_text("Text vrátil(a) Mgr. Jakub Novotný do podoby z")).to_be_visible()
    one.get_by_role("button", name="Vrátit zpět").click()
    told(one, "Text je zase takový, jaký byl předtím.")
    expect(paper(one)).to_contain_text("Dopsáno potom.")
    expect(paper(other)).to_contain_text("Dopsáno potom.")


@pytest.mark.parametrize("in_the_text", [False, True])
def test_undo_takes_the_restore_back(office: Office, in_the_text: bool) -> None:
    one, other = both(office)
    write_behind(one, WORDS, " Dopsáno potom.")
    expect_saved(one)
    bring_back_the_first(one)
    told(one, RESTORED)
    expect(paper(other)).not_to_contain_text("Dopsáno potom.")
    if in_the_text:
        put_caret_behind(one, "provádí")
    one.keyboard.press("Control+z")
    told(one, "Text je zase takový, jaký byl předtím.")
    expect(paper(other)).to_contain_text("Dopsáno potom.")
    expect(one.get_by_role("button", name="Vrátit zpět")).to_be_hidden()
    expect(one.get_by_role("button", name="Vrátit moji poslední změnu")).to_be_disabled()


def test_who_writes_on_takes_back_own_words_and_not_the_restore(office: Office) -> None:
    one, _ = both(office)
    write_behind(one, WORDS, " Dopsáno potom.")
    expect_saved(one)
    bring_back_the_first(one)
    told(one, RESTORED)
    write_behind(one, "provádí", " vždy")
    expect(one.get_by_role("button", name="Vrátit zpět")).to_be_hidden()
    one.keyboard.press("Control+z")
    expect(paper(one)).not_to_contain_text("provádí vždy")
    expect(one.get_by_role("button", name="Vrátit moji poslední změnu")).to_be_disabled()
    expect(paper(one)).not_to_contain_text("Dopsáno potom.")


def test_what_somebody_wrote_since_is_not_taken_back_with_it(office: Office) -> None:
    one, other = both(office)
    write_behind(other, WORDS, " Dopsáno potom.")
    expect_saved(other)
    bring_back_the_first(one)
    told(one, RESTORED)
    expect(other.get_by_text("Text vrátil(a) Mgr. Jakub Novotný")).to_be_visible()
    other.keyboard.press("Control+z")
    write_behind(other, "Předmět a působnost", " a účel")
    expect_saved(other)
    expect(paper(other)).not_to_contain_text("Dopsáno potom.")
    one.get_by_role("button", name="Vrátit zpět").click()
    expect(one.get_by_text("Mezitím do textu někdo psal")).to_be_visible()
    expect(paper(one)).to_contain_text("Předmět a působnost a účel")


def test_the_caret_of_who_writes_meanwhile_stays_at_its_word(office: Office) -> None:
    one, other = both(office)
    write_behind(one, "Kontrolu dodržování směrnice", " a dohled")
    write_behind(one, "nejméně jednou ročně.", " Dopsáno potom.")
    expect_saved(one)
    expect(paper(other)).to_contain_text("Dopsáno potom.")
    put_caret_behind(other, "provádí")
    bring_back_the_first(one)
    expect(other.get_by_text("Text vrátil(a) Mgr. Jakub Novotný")).to_be_visible()
    other.keyboard.type(" vždy")
    expect(paper(other)).to_contain_text("dodržování směrnice provádí vždy kancelář ředitele")


def test_the_caret_stays_at_its_word_when_a_colleague_writes_before_it(office: Office) -> None:
    one, other = both(office)
    put_caret_behind(other, "provádí")
    write_behind(one, "Kontrolu dodržování", " této")
    expect(paper(other)).to_contain_text("dodržování této")
    other.keyboard.type(" vždy")
    expect(paper(other)).to_contain_text("směrnice provádí vždy kancelář ředitele")
