/** The words inside an update, so that an edit which could not be taken can be shown to who wrote it. */
import * as Y from 'yjs'

export type Clocks = ReturnType<typeof Y.createDeleteSet>

type Which = (id: Y.ID) => boolean

interface Piece {
  client: number
  /** The clock behind the last letter, own deletions that follow it included. */
  end: number
  text: string
}

/** All text that the updates insert and do not delete again. Only that of the clocks `within`, when they are given. */
export function wordsOf(updates: Uint8Array[], within?: Clocks): string {
  const decoded = updates.flatMap(read)
  const deleted = Y.mergeDeleteSets(decoded.map(({ ds }) => ds))
  const gone: Which = (id) => Y.isDeleted(deleted, id)
  const structs = decoded.flatMap((update) => update.structs)
  return wordsAmong(structs, (id) => !gone(id) && (!within || Y.isDeleted(within, id)), gone)
}

/** The letters `wanted`, in the order written; what was typed in one go stays together over what its author deleted. */
export function wordsAmong(structs: readonly unknown[], wanted: Which, gone: Which): string {
  const pieces: Piece[] = []
  for (const struct of structs) {
    if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentString)) continue
    for (const letter of letters(struct.id, struct.content.str, wanted)) append(pieces, letter, gone)
  }
  return pieces.map(({ text }) => text).filter((text) => text.trim() !== '').join('\n')
}

function letters({ client, clock }: Y.ID, text: string, wanted: Which): Piece[] {
  const all = text.split('').map((letter, n): Piece => ({ client, end: clock + n + 1, text: letter }))
  return all.filter(({ end }) => wanted(Y.createID(client, end - 1)))
}

function append(pieces: Piece[], letter: Piece, gone: Which): void {
  const last = pieces.at(-1)
  if (!last || last.client !== letter.client || !reaches(last, letter, gone)) return void pieces.push(letter)
  last.text += letter.text
  last.end = letter.end
}

/** Nothing but what the author deleted again lies between. */
function reaches(last: Piece, letter: Piece, gone: Which): boolean {
  while (last.end < letter.end - 1 && gone(Y.createID(last.client, last.end))) last.end += 1
  return last.end === letter.end - 1
}

function read(update: Uint8Array): { structs: unknown[]; ds: Clocks }[] {
  try {
    return [Y.decodeUpdate(update)]
  } catch {
    return []
  }
}
