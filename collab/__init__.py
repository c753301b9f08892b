"""Live editing of drafts: the shared document, its rooms, its sync protocol, its journal. No HTTP, no storage.

To be read in this order:

- the wire: `lib0`, `protocol`, `awareness`, `member`
- an update, read and judged without being applied: `update`, `vocabulary`, `places`, `clocks`
- an open document, durable first: `delivery`, `room`, `survey`, `folding`, `aside`, `rooms`
- the same with several processes: `shared_room`, `shared_rooms`
- the journal: `row`, `entries`, `journal`, and what is needed from outside, `ports`
- the document as content: `document`, `shape`, `reading`, `beginning`, `passage`
- what was: `archive`, `past`, `replay`, `moments`, `stretches`, `history`; who wrote what: `sequence`,
  `authorship`, `remembered`
- compaction: `compaction`, `compactor`, `presser`, `proof`
"""
