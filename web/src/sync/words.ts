/** The words inside an update, so that an edit which could not be taken can be shown to who wrote it. */
import * as Y from 'yjs'

/** All text that the updates insert, in order; pieces that were typed in one go stay together. */
export function wordsOf(updates: Uint8Array[]): string {
  const pieces: string[] = []
  let last: { client: number; end: number } | null = null
  for (const struct of updates.flatMap(structs)) {
    if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentString)) continue
    const { client, clock } = struct.id
    const follows = last !== null && last.client === client && last.end === clock
    if (follows) pieces[pieces.length - 1] += struct.content.str
    else pieces.push(struct.content.str)
    last = { client, end: clock + struct.length }
  }
  return pieces.filter((piece) => piece.trim() !== '').join('\n')
}

function structs(update: Uint8Array): unknown[] {
  try {
    return Y.decodeUpdate(update).structs
  } catch {
    return []
  }
}
