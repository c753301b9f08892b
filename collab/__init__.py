"""Live editing of drafts: the shared document, its rooms, its sync protocol, its journal. No HTTP, no storage.

To be read in this order:

- what is needed from outside and what is refused: `ports`, `errors`
- the wire: `lib0`, `protocol`, `awareness`, `member`
- an update, read and judged without being applied: `update`, `vocabulary`, `places`, `client_places`,
  `clocks`
- the journal: `row`, `entries`, `line`, `journal`
- an open document, durable first: `delivery`, `audience`, `judging`, `intake`, `room`, `survey`, `own_edits`,
  `folding`, `aside`
- all drafts of a process: `open_rooms`, `drafts`, `rooms`

That is the way of a keystroke. The rest when it is needed:

- the same with several processes: `shared_room`, `shared_rooms`
- the document as content: `document`, `shape`, `reading`, `beginning`, `passage`, `wording`
- what was: `archive`, `past`, `replay`, `moments`, `stretches`, `history`; who wrote what: `sequence`,
  `authorship`, `remembered`
- compaction: `compaction`, `compactor`, `presser`, `proof`
"""
