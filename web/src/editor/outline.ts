/** The outline of a document: its articles and headings in order, with their printed numbers. */
import type { Node } from '@tiptap/pm/model'
import { Counter, label, placeWords } from './numbering'

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

export function outlineOf(doc: Node): Outline {
  const counter = new Counter()
  const outline: Outline = { entries: [], under: new Map(), places: new Map() }
  let current = ''
  doc.descendants((node) => {
    const id = node.attrs['id'] as string | null
    if (!node.isTextblock) return true
    const numbered = { type: node.type.name, level: node.attrs['level'] as number }
    const numbers = counter.next(numbered)
    const entry = entryOf(node, label(numbered, numbers))
    if (entry) {
      outline.entries.push(entry)
      current = entry.id
    }
    if (id) {
      outline.under.set(id, current)
      const heading = numbered.type === 'heading' ? node.textContent : placeWords(numbered, numbers)
      outline.places.set(id, heading || titleOf(outline, current))
    }
    return false
  })
  return outline
}

function titleOf(outline: Outline, id: string): string {
  return outline.entries.find((entry) => entry.id === id)?.title ?? ''
}

function entryOf(node: Node, number: string): Entry | null {
  const id = node.attrs['id'] as string | null
  const name = node.type.name
  const title = node.textContent.trim()
  if (!id || (name !== 'heading' && name !== 'article') || (name === 'heading' && title === '')) return null
  return { id, label: number, title, depth: name === 'article' ? 2 : Number(node.attrs['level'] ?? 1) }
}
