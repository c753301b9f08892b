import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { pastOf, recall, stackOf, type Past } from './past'

/** A server: collects what is deleted, as the real one does. */
function join(...docs: Y.Doc[]): void {
  for (const one of docs) for (const other of docs) Y.applyUpdate(other, Y.encodeStateAsUpdate(one, Y.encodeStateVector(other)), 'remote')
}

const manager = (doc: Y.Doc): Y.UndoManager => new Y.UndoManager(doc.getXmlFragment('body'), { trackedOrigins: new Set(['me']), captureTimeout: 0 })

function write(doc: Y.Doc, act: (body: Y.XmlFragment) => void, origin = 'me'): void {
  doc.transact(() => act(doc.getXmlFragment('body')), origin)
}

const words = (doc: Y.Doc): string[] => doc.getXmlFragment('body').toArray().map((part) => (part as Y.XmlElement).get(0)?.toString() ?? '')

function paragraph(text: string): Y.XmlElement {
  const made = new Y.XmlElement('paragraph')
  made.insert(0, [new Y.XmlText(text)])
  return made
}

const textOf = (body: Y.XmlFragment, at: number): Y.XmlText => (body.get(at) as Y.XmlElement).get(0) as Y.XmlText

/** The page is closed and opened again: a new copy, which begins with what was kept and then meets the server. */
function reloaded(doc: Y.Doc, steps: Y.UndoManager, server: Y.Doc): { doc: Y.Doc; steps: Y.UndoManager } {
  const kept = structuredClone(pastOf(doc, { undo: steps.undoStack, redo: steps.redoStack }, 'p/d', 1)) as Past
  const fresh = new Y.Doc()
  recall(fresh, kept, 'kept')
  join(server, fresh)
  const made = manager(fresh)
  made.undoStack = stackOf(kept.undo)
  made.redoStack = stackOf(kept.redo)
  return { doc: fresh, steps: made }
}

function begin(): { server: Y.Doc; mine: Y.Doc; steps: Y.UndoManager; other: Y.Doc } {
  const [server, mine, other] = [new Y.Doc(), new Y.Doc(), new Y.Doc()]
  write(server, (body) => body.insert(0, ['jedna', 'dvě', 'tři'].map(paragraph)), 'seed')
  join(server, mine, other)
  return { server, mine, other, steps: manager(mine) }
}

test('one’s own words are taken back after a reload, and nobody else’s', () => {
  const { server, mine, other, steps } = begin()
  write(mine, (body) => textOf(body, 0).insert(5, ' moje'))
  write(other, (body) => textOf(body, 0).insert(0, 'cizí '))
  join(server, mine, other)
  const after = reloaded(mine, steps, server)
  after.steps.undo()
  expect(words(after.doc)).toEqual(['cizí jedna', 'dvě', 'tři'])
  expect(after.steps.canUndo()).toBe(false)
  after.steps.redo()
  expect(words(after.doc)[0]).toBe('cizí jedna moje')
})

test('words and whole paragraphs that oneself deleted come back, though the server has collected them', () => {
  const { server, mine, other, steps } = begin()
  write(mine, (body) => textOf(body, 0).delete(1, 3))
  write(mine, (body) => body.delete(1, 1))
  join(server, mine, other)
  expect(words(server)).toEqual(['ja', 'tři'])
  const once = reloaded(mine, steps, server)
  const twice = reloaded(once.doc, once.steps, server)
  twice.steps.undo()
  expect(words(twice.doc)).toEqual(['ja', 'dvě', 'tři'])
  twice.steps.undo()
  expect(words(twice.doc)).toEqual(['jedna', 'dvě', 'tři'])
  join(server, twice.doc, other)
  expect(words(server)).toEqual(['jedna', 'dvě', 'tři'])
  expect(words(other)).toEqual(words(server))
})

test('what was taken back before the reload can be done again after it', () => {
  const { server, mine, steps } = begin()
  write(mine, (body) => textOf(body, 2).insert(0, 'tady '))
  steps.undo()
  join(server, mine)
  const after = reloaded(mine, steps, server)
  after.steps.redo()
  expect(words(after.doc)).toEqual(['jedna', 'dvě', 'tady tři'])
})

test('words that others deleted meanwhile are not brought back, and are not kept', () => {
  const { server, mine, other, steps } = begin()
  write(mine, (body) => textOf(body, 0).insert(5, ' moje'))
  join(server, mine, other)
  write(other, (body) => textOf(body, 0).delete(0, 10))
  join(server, other)
  const after = reloaded(mine, steps, server)
  after.steps.undo()
  expect(words(after.doc)[0]).toBe('')
  const said = new TextDecoder().decode(Y.encodeStateAsUpdate(after.doc))
  expect(said).not.toContain('jedna')
})
