/**
 * What a writer does to the text, as a proposal: words that come are marked as inserted, words that go as deleted.
 *
 * Only words can be proposed. Marks on blocks and on what stands in the text as one thing do not reach the others
 * (y-tiptap keeps marks of text only), so a change of structure or look is refused with its reason, never half done.
 */
import { ChangeSet, type Change } from '@tiptap/pm/changeset'
import type { Mark, Node } from '@tiptap/pm/model'
import { TextSelection, type EditorState, type Transaction } from '@tiptap/pm/state'
import { AddMarkStep, RemoveMarkStep, ReplaceStep, type Step } from '@tiptap/pm/transform'

/** Why a change cannot be proposed: it changes blocks, how words look, or notes, line breaks and pictures. */
export type Reason = 'blocks' | 'look' | 'things'

export interface Author {
  id: string
  newId: () => string
  now: () => Date
}

/** The same change as a proposal of the author. */
export function proposed(state: EditorState, given: Transaction, author: Author): Transaction | Reason {
  const reason = given.steps.map(reasonOfStep).find((found) => found !== null)
  if (reason) return reason
  const { changes } = ChangeSet.create(given.before).addSteps(given.doc, given.mapping.maps, null)
  const refused = changes.map((change) => reasonOfChange(given, change)).find((found) => found !== null)
  if (refused) return refused
  const tr = state.tr
  for (const change of changes.toReversed()) propose(tr, given.doc, change, author)
  select(tr, state, given, changes)
  tr.setStoredMarks(given.storedMarks)
  return given.scrolledIntoView ? tr.scrollIntoView() : tr
}

function reasonOfStep(step: Step): Reason | null {
  if (step instanceof ReplaceStep) return null
  return step instanceof AddMarkStep || step instanceof RemoveMarkStep ? 'look' : 'blocks'
}

function reasonOfChange({ before, doc }: Transaction, { fromA, toA, fromB, toB }: Change): Reason | null {
  if (toB > fromB) {
    const $from = doc.resolve(fromB)
    if (holdsThings(doc, fromB, toB)) return 'things'
    if (!$from.sameParent(doc.resolve(toB)) || !$from.parent.isTextblock) return 'blocks'
  }
  if (toA === fromA) return null
  if (holdsThings(before, fromA, toA)) return 'things'
  return textIn(before, fromA, toA).length === 0 ? 'blocks' : null
}

function holdsThings(doc: Node, from: number, to: number): boolean {
  let found = doc.resolve(from).parent.type.name === 'footnote'
  doc.nodesBetween(from, to, (node) => {
    if (node.isLeaf ? !node.isText : node.isInline) found = true
    return !found
  })
  return found
}

interface Words {
  node: Node
  from: number
  to: number
}

function textIn(doc: Node, from: number, to: number): Words[] {
  const found: Words[] = []
  if (from === to) return found
  doc.nodesBetween(from, to, (node, pos) => {
    if (node.isText) found.push({ node, from: Math.max(from, pos), to: Math.min(to, pos + node.nodeSize) })
    return true
  })
  return found
}

function propose(tr: Transaction, after: Node, { fromA, toA, fromB, toB }: Change, author: Author): void {
  const { insertion, deletion } = tr.doc.type.schema.marks
  if (!insertion || !deletion) return
  const attrs = touching(tr.doc, fromA, toA, author) ?? { id: author.newId(), author: author.id, name: null, at: timeOf(author.now()) }
  const going = textIn(tr.doc, fromA, toA)
  const coming = textIn(after, fromB, toB).map(({ node, from, to }) => {
    const words = node.type.schema.text(after.textBetween(from, to), node.marks)
    return words.mark(insertion.create(attrs).addToSet(deletion.removeFromSet(words.marks)))
  })
  if (coming.length > 0) tr.insert(toA, coming)
  for (const { node, from, to } of going.toReversed()) {
    if (isOwn(insertion.isInSet(node.marks), author)) tr.delete(from, to)
    else if (!deletion.isInSet(node.marks)) tr.addMark(from, to, deletion.create(attrs))
  }
}

/** Going on where one's own proposal ends, begins or lies is the same proposal. */
function touching(doc: Node, from: number, to: number, author: Author): Record<string, unknown> | null {
  const around = [doc.resolve(from).nodeBefore, ...textIn(doc, from, to).map(({ node }) => node), doc.resolve(to).nodeAfter]
  const marks = around.flatMap((node) => node?.marks ?? [])
  return marks.find((mark) => ['insertion', 'deletion'].includes(mark.type.name) && isOwn(mark, author))?.attrs ?? null
}

function isOwn(mark: Mark | undefined, author: Author): boolean {
  return mark?.attrs['author'] === author.id
}

function timeOf(moment: Date): string {
  return `${moment.toISOString().slice(0, 19)}Z`
}

/** The caret goes where it would have gone: behind words that came, and to the far side of words that went. */
function select(tr: Transaction, state: EditorState, given: Transaction, changes: readonly Change[]): void {
  const [change] = changes
  if (!change || changes.length > 1 || !given.selection.empty) return
  const { empty, head } = state.selection
  const forward = change.toB > change.fromB || (empty && head <= change.fromA)
  const at = forward ? tr.mapping.map(change.toA, 1) : tr.mapping.map(change.fromA, -1)
  tr.setSelection(TextSelection.near(tr.doc.resolve(at), forward ? -1 : 1))
}
