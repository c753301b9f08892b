"""Live editing of drafts: the shared document, its rooms, its sync protocol, its journal. No HTTP, no storage.

To be read in this order: every module needs only what stands before it.

- what is refused: `errors`
- the wire, bytes in and bytes out: `lib0`, `awareness`, `protocol`
- an update, read without being applied, and the names it may bring: `update`, `vocabulary`
- the document as content, in `document`: `shape`, `passage`, `wording`, `reading`, `merging`, `draft`, `aside`,
  `beginning`
- what of an update may be written, in `judging`: `codes`, `client_places`, `turns`, `siblings`, `order`,
  `resolving`, `places`, `clocks`, `verdict`
- the journal and what was, in `journal`: `row`, `moments`, `stretches`, `archive`, `ports`, `entries`, `past`,
  `line`, `group_commit`
- a document from its journal, in `history`: `replay`
- an open document, durable first, in `room`: `ports`, `member`, `audience`, `delivery`, `folding`, `own_edits`,
  `survey`, `repeats`, `pace`, `intake`, `room`
- what was said and who wrote it, in `history`: `history`, `elements`, `authorship`
- a journal made short, in `history`: `compaction`, `compactor`, `presser`, `proof`
- all drafts of a process, in `drafts`: `remembered`, `open_rooms`, `drafts`, `rooms`
- the same with several processes: `room.shared_room`, `drafts.shared_rooms`
"""
