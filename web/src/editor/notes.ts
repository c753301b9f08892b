/** The footnotes of a document in order, for the foot of the paper. */
import type { Node } from '@tiptap/pm/model'

export interface Note {
  number: number
  pos: number
  text: string
}

export function notesOf(doc: Node): Note[] {
  const notes: Note[] = []
  doc.descendants((node, pos) => {
    if (node.type.name !== 'footnote') return true
    notes.push({ number: notes.length + 1, pos, text: node.textContent })
    return false
  })
  return notes
}
