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
}
"""How the kinds that have a name of their own are printed; any other is printed as it was written."""
