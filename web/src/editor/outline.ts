/** The outline of a document: its articles and headings in order, with their printed numbers. */
import type { Editor } from '@tiptap/core'
import type { Node } from '@tiptap/pm/model'
import { citation, Counter, label } from './numbering'

const pause = 300 // milliseconds

export interface Entry {
  id: string
  label: string
  title: string
  depth: number
}

export interface Outline {
  entries: Entry[]
  /** For each block: the entry it stands under, and its place in words. */
  under: Map<string, string>
  places: Map<string, string>
}

/** An article stands one below the deepest heading before it; before the first article places are cited by heading. */
export function outlineOf(doc: Node): Outline {
  const counter = new Counter()
  const outline: Outline = { entries: [], under: new Map(), places: new Map() }
  const now = { entry: '', heading: '', depth: 0 }
  doc.descendants((node) => {
    if (!node.isTextblock) return true
    const numbered = { type: node.type.name, level: node.attrs['level'] as number }
    const numbers = counter.next(numbered)
    if (numbered.type === 'heading') Object.assign(now, { heading: short(node.textContent), depth: numbered.level })
    const id = node.attrs['id'] as string | null
    if (!id) return false
    const depth = numbered.type === 'heading' ? now.depth : now.depth + 1
    if (isEntry(node)) {
      outline.entries.push({ id, label: label(numbered, numbers), title: short(node.textContent), depth })
      now.entry = id
    }
    outline.under.set(id, now.entry)
    outline.places.set(id, citation(numbers) || now.heading)
    return false
  })
  return outline
}

function isEntry(node: Node): boolean {
  return node.type.name === 'article' || (node.type.name === 'heading' && node.textContent.trim() !== '')
}

function short(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ')
  return line.length <= 80 ? line : `${line.slice(0, 79).trimEnd()}…`
}

/** Tells the outline now, and anew soon after the text has changed, until the answer is called. */
export function watchOutline(editor: Editor, told: (outline: Outline) => void): () => void {
  const tell = (): void => told(outlineOf(editor.state.doc))
  let timer: ReturnType<typeof setTimeout> | undefined
  const later = (): void => void (timer ??= setTimeout(() => ((timer = undefined), tell()), pause))
  tell()
  editor.on('update', later)
  return () => {
    clearTimeout(timer)
    editor.off('update', later)
  }
}
