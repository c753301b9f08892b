/**
 * Edits that no server has yet, kept in the browser: one row per update, by person and document.
 *
 * Only what is not on disk over there is here, and it is taken away as soon as it is; nothing of a document stays
 * in the browser for longer. Signing out wipes the whole.
 */
import { newKey } from '../api/client'
import type { Keeper } from './room'

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

let opened: Promise<IDBDatabase> | null = null

function database(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1)
    request.onupgradeneeded = () => {
      for (const store of [ROWS, LOST]) {
        const made = request.result.createObjectStore(store, { keyPath: 'key', autoIncrement: true })
        made.createIndex('owner', 'owner')
      }
    }
    request.onsuccess = () => {
      request.result.onclose = () => (opened = null) // the site's data were cleared under us
      resolve(request.result)
    }
    request.onerror = () => reject(request.error)
  })
  return opened
}

/** Whose edits of which document. */
export function ownerOf(person: string, document: string): string {
  return `${person}/${document}`
}

async function run<T>(store: string, mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const transaction = (await database()).transaction(store, mode)
  const request = act(transaction.objectStore(store))
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result)
    transaction.onabort = () => reject(transaction.error)
  })
}

/** Keeps an update; gives the key to drop it by. */
export async function keep(row: Row): Promise<number> {
  return Number(await run(ROWS, 'readwrite', (store) => store.add(row)))
}

export async function drop(keys: number[]): Promise<void> {
  if (keys.length === 0) return
  const transaction = (await database()).transaction(ROWS, 'readwrite')
  for (const key of keys) transaction.objectStore(ROWS).delete(key)
  await new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error)
  })
}

export async function unsaved(owner: string): Promise<Row[]> {
  return run(ROWS, 'readonly', (store) => store.index('owner').getAll(owner) as IDBRequest<Row[]>)
}

export async function noteLost(lost: Lost): Promise<void> {
  await run(LOST, 'readwrite', (store) => store.add(lost))
}

export async function lostTexts(owner: string): Promise<Lost[]> {
  return run(LOST, 'readonly', (store) => store.index('owner').getAll(owner) as IDBRequest<Lost[]>)
}

export async function forget(key: number): Promise<void> {
  await run(LOST, 'readwrite', (store) => store.delete(key))
}

/** Signing out: nothing of any document stays in this browser. */
export async function wipe(): Promise<void> {
  for (const store of [ROWS, LOST]) await run(store, 'readwrite', (all) => all.clear())
}

/** The browser's store as a room needs it; rows are not brought by another while their room lives. */
export const browserKeeper: Keeper = { keep, drop, noteLost, adopt: orphans }

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
