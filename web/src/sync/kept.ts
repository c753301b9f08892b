/**
 * Edits that no server has yet, kept in the browser: one row per update, by person and document.
 *
 * Only what is not on disk over there is here, and it is taken away as soon as it is; nothing of a document stays
 * in the browser for longer. Signing out wipes the whole.
 *
 * Every write begins in the call that asks for it and is committed in the same breath: one that waits for the page to
 * answer before it is committed is thrown away when the page is closed (docs/decisions/edits-kept-at-once.md).
 */
import { newKey } from '../api/client'

const NAME = 'paraph'
const ROWS = 'unsaved'
const LOST = 'refused'

export interface Row {
  key?: number
  owner: string
  tab: string
  epoch: number
  update: Uint8Array
}

/** Text that could not be taken, waiting until its author has seen and dismissed it. */
export interface Lost {
  key?: number
  owner: string
  at: string
  code: string
  detail: string
  text: string
}

let store: IDBDatabase | null = null
let opening: Promise<IDBDatabase> | null = null

function open(): Promise<IDBDatabase> {
  opening ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(NAME, 1)
    request.onupgradeneeded = () => {
      for (const name of [ROWS, LOST]) {
        const made = request.result.createObjectStore(name, { keyPath: 'key', autoIncrement: true })
        made.createIndex('owner', 'owner')
      }
    }
    request.onsuccess = () => {
      store = request.result
      store.onclose = () => (store = null) // the site's data were cleared under us
      resolve(store)
    }
    request.onerror = () => reject(request.error)
  }).finally(() => (opening = null))
  return opening
}

/** Whose edits of which document. */
export function ownerOf(person: string, document: string): string {
  return `${person}/${document}`
}

async function read<T>(name: string, ask: (all: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const request = ask((store ?? (await open())).transaction(name).objectStore(name))
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

/** Without a pause when the store is open: the write has begun when this returns its promise. */
async function write<T>(name: string, act: (all: IDBObjectStore) => T): Promise<T> {
  const transaction = (store ?? (await open())).transaction(name, 'readwrite')
  const made = act(transaction.objectStore(name))
  transaction.commit()
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(made)
    transaction.onabort = () => reject(transaction.error)
  })
}

/** Keeps an update; gives the key to drop it by. */
export async function keep(row: Row): Promise<number> {
  const added = await write(ROWS, (all) => all.add(row))
  return Number(added.result)
}

export async function drop(keys: number[]): Promise<void> {
  if (keys.length > 0) await write(ROWS, (all) => keys.forEach((key) => all.delete(key)))
}

export async function unsaved(owner: string): Promise<Row[]> {
  return read(ROWS, (all) => all.index('owner').getAll(owner) as IDBRequest<Row[]>)
}

/** In how many documents text of this person waits. */
export async function documentsWaiting(person: string): Promise<number> {
  const theirs = IDBKeyRange.bound(ownerOf(person, ''), ownerOf(person, '\uffff'))
  const rows = await read(ROWS, (all) => all.index('owner').getAll(theirs) as IDBRequest<Row[]>)
  return new Set(rows.map((row) => row.owner)).size
}

export async function noteLost(lost: Lost): Promise<void> {
  await write(LOST, (all) => all.add(lost))
}

export async function lostTexts(owner: string): Promise<Lost[]> {
  return read(LOST, (all) => all.index('owner').getAll(owner) as IDBRequest<Lost[]>)
}

export async function forget(key: number): Promise<void> {
  await write(LOST, (all) => all.delete(key))
}

/** Signing out: nothing of any document stays in this browser. */
export async function wipe(): Promise<void> {
  for (const name of [ROWS, LOST]) await write(name, (all) => all.clear())
}

/** The browser's store as a room needs it; rows are not brought by another while their room lives. */
export const browserKeeper = { keep, drop, noteLost, adopt: orphans }

/** Rows of this owner whose tab is gone. */
async function orphans(owner: string): Promise<Row[]> {
  const alive = await livingTabs()
  return (await unsaved(owner)).filter((row) => !alive.has(row.tab))
}

const LOCK = 'paraph-tab-'

/** Names one open room and holds the name until it is left, so that others know whose rows are left behind. */
export function claimTab(): { name: string; release: () => void } {
  const name = newKey()
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  void navigator.locks?.request(LOCK + name, () => held)
  return { name, release: () => release() }
}

async function livingTabs(): Promise<Set<string>> {
  const held = (await navigator.locks?.query())?.held ?? []
  return new Set(held.map((lock) => (lock.name ?? '').replace(LOCK, '')))
}
