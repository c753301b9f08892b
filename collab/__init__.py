"""Live editing of drafts: the shared document, its rooms, its sync protocol, its journal. No HTTP, no storage.

To be read in this order, which is the way of a keystroke:

- what is refused: `errors`
- the wire, bytes in and bytes out: `lib0`, `protocol`, `awareness`
- an update, read without being applied, and the names it may bring: `update`, `vocabulary`
- what of it may be written, in `judging`: `places`, `client_places`, `clocks`, `verdict`
- the journal, in `journal`: `row`, what it needs from outside, `ports`, then `entries`, `line`, `group_commit`
- an open document, durable first, in `room`: `ports`, `member`, `delivery`, `audience`, `intake`, `room`, `survey`,
  `own_edits`, `folding`
- all drafts of a process, in `drafts`: `open_rooms`, `drafts`, `rooms`, `remembered`

The rest when it is needed:

- the same with several processes: `room.shared_room`, `drafts.shared_rooms`
- the document as content, in `document`: `draft`, `shape`, `reading`, `beginning`, `passage`, `wording`, `aside`
- what was, kept in `journal`: `archive`, `past`, `moments`, `stretches`; told in `history`: `replay`, `history`,
  and with `judging.sequence` who wrote what: `authorship`
- compaction, in `history`: `compaction`, `compactor`, `presser`, `proof`
"""
