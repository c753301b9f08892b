"""What kinds of documents are called on paper."""

from __future__ import annotations

from typing import Final

KINDS: Final = {
    "document": "",
    "rules": "zásady",
    "directive": "směrnice",
    "ordinance": "obecně závazná vyhláška",
    "contract": "smlouva",
    "opinion": "stanovisko",
    "resolution": "usnesení",
    "decision": "rozhodnutí",
    "report": "zpráva",
    "notice": "veřejné oznámení",
    "minutes": "zápis",
    "memorandum": "memorandum",
    "methodology": "metodika",
    "price_list": "ceník",
    "statute": "statut",
    "regulation": "vnitřní předpis",
}
"""How the kinds that have a name of their own are printed; any other is printed as it was written."""
