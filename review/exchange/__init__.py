"""One mapping between pandoc's JSON tree and our content tree, both ways. Pure: no program is called here.

Markdown, HTML, DOCX and ODT become content by way of the tree that pandoc prints (`pandoc -t json`), and content
becomes them by way of the tree that pandoc reads. In that tree

* a heading of class `article`, or one that begins with "Čl. 1", is an article; its number is dropped, being computed;
* an ordered list "(1)" holds clauses, "a)" holds points, "1." inside a point holds points of the second level;
* every other list stays a list.

Identities are not part of foreign formats: `review.content.with_ids` gives new ones.
"""

from review.exchange.inlines import Remark
from review.exchange.reading import Reading, read
from review.exchange.writing import Dialect, write

__all__ = ["Dialect", "Reading", "Remark", "read", "write"]
