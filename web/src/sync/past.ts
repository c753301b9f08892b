/**
 * What a person may still take back after the page was loaded anew, kept in the browser by person and document.
 *
 * A step is the clocks that it inserted and deleted. Deleted words are collected on the server and in every copy, so the
 * copy that still has them is kept with the steps. It says nothing that is not on disk over there; signing out wipes it,
 * another epoch makes it void, and a week without a visit is its end.
 */
import * as Y from 'yjs'

/** Client, first clock, how many. */
export type Span = [client: number, clock: number, length: number]

export interface Step {
  inserted: Span[]
  deleted: Span[]
}

export interface Past {
  owner: string
  epoch: number
  at: number
  copy: Uint8Array
  undo: Step[]
  redo: Step[]
}

/** A stack of Yjs' own, whose class is not exported. */
type Stack = Y.UndoManager['undoStack']
type Clocks = Stack[number]['insertions']

const NAME = 'paraph-past'
const STORE = 'past'
const LONGEST = 7 * 24 * 3600 * 1000
const MOST_STEPS = 100

export function pastOf(doc: Y.Doc, stacks: { undo: Stack; redo: Stack }, owner: string, epoch: number): Past {
  const steps = (stack: Stack): Step[] => stack.slice(-MOST_STEPS).map((item) => ({ inserted: spansOf(item.insertions), deleted: spansOf(item.deletions) }))
  return { owner, epoch, at: Date.now(), copy: Y.encodeStateAsUpdate(doc), undo: steps(stacks.undo), redo: steps(stacks.redo) }
}

function spansOf(clocks: Clocks): Span[] {
  return [...clocks.clients].flatMap(([client, runs]) => runs.map(({ clock, len }): Span => [client, clock, len]))
}

/** The steps as an undo manager takes them. */
export function stackOf(steps: readonly Step[]): Stack {
  return steps.map(({ inserted, deleted }) => ({ insertions: clocksOf(inserted), deletions: clocksOf(deleted), meta: new Map() }))
}

function clocksOf(spans: readonly Span[]): Clocks {
  const clocks = Y.createDeleteSet()
  for (const [client, clock, len] of spans) {
    const runs = clocks.clients.get(client) ?? []
    runs.push({ clock, len })
    clocks.clients.set(client, runs)
  }
  return clocks
}

/** Lets an empty copy begin with a kept one, whose deleted words stay as long as a step may bring them back. */
export function recall(doc: Y.Doc, past: Past, origin: unknown): void {
  const kept = [...past.undo, ...past.redo].flatMap(({ deleted }) => deleted)
  doc.gcFilter = ({ id, length }) => !kept.some(([client, clock, len]) => client === id.client && id.clock < clock + len && clock < id.clock + length)
  Y.applyUpdate(doc, past.copy, origin)
}

let opened: Promise<IDBDatabase> | null = null
let ready: IDBDatabase | null = null

function database(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'owner' })
    request.onsuccess = () => {
      ready = request.result
      ready.onclose = () => (opened = ready = null) // the site's data were cleared under us
      resolve(ready)
    }
    request.onerror = () => reject(request.error)
  })
  return opened
}

/** Once the store is open, begins within the call: a page that is being left has no later. */
function run<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  return ready ? transact(ready, mode, act) : database().then((store) => transact(store, mode, act))
}

function transact<T>(base: IDBDatabase, mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const transaction = base.transaction(STORE, mode)
  const request = act(transaction.objectStore(STORE))
  transaction.commit()
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result)
    transaction.onabort = () => reject(transaction.error)
  })
}

export async function keepPast(past: Past): Promise<void> {
  await run('readwrite', (store) => store.put(past))
}

export async function readPast(owner: string): Promise<Past | null> {
  const all = await run('readonly', (store) => store.getAll() as IDBRequest<Past[]>)
  for (const old of all) if (Date.now() - old.at > LONGEST) await dropPast(old.owner)
  return all.find((past) => past.owner === owner && Date.now() - past.at <= LONGEST) ?? null
}

export async function dropPast(owner: string): Promise<void> {
  await run('readwrite', (store) => store.delete(owner))
}

/** Signing out: nothing of any document stays in this browser. */
export async function wipePast(): Promise<void> {
  await run('readwrite', (store) => store.clear())
}
