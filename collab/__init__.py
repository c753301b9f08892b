"""Live editing of drafts: the shared document, its rooms, its sync protocol, its journal. No HTTP, no storage."""
