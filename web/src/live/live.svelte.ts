/**
 * Facts as they happen, from the Socket.IO namespace `/live`.
 *
 * A subscription remembers the last fact seen; after a lost connection it asks for what was missed. When the
 * server no longer has it (`resync`), every listener of `onResync` loads its screen anew.
 */
import { SvelteMap } from 'svelte/reactivity'
import type { Fact } from '../api/types'

/** Who is at a document now, and at which block. */
export interface Present {
  readonly person: string
  readonly name: string
  readonly department?: string | null
  readonly block?: string | null
}

/** The line to the server, as much of Socket.IO as is used. */
export interface Line {
  on(event: string, hear: (given: never) => void): unknown
  emit(event: string, request: object, answered?: (answer: never) => void): unknown
  connect(): unknown
  disconnect(): unknown
}

type Listener = (fact: Fact) => void
type Answer = { seq?: number; missed?: Fact[]; resync?: boolean } | undefined

const listeners = new Set<{ prefix: string; listener: Listener }>()
const resyncs = new Set<() => void>()
const people = new SvelteMap<string, Present[]>()
const wanted = new Map<string, { count: number; seq: number | undefined }>()
const EVERYTHING = ''

let socket: Line | undefined
let starting = false
let connected = $state(false)
/** How often the server was heard on another way while this line was cut. */
let heard = $state(0)
let cut: () => void = () => undefined

export const live = {
  get connected(): boolean {
    return connected
  },
  get heard(): number {
    return heard
  },
  /** Who is at the document, ourselves included. */
  people(document: string): Present[] {
    return people.get(document) ?? []
  },
}

/** Connects after sign-in. */
export async function startLive(open: () => Promise<Line> = openLine): Promise<void> {
  if (socket || starting) return
  starting = true
  const line = await open()
  if (!starting) {
    line.disconnect() // signed out meanwhile
    return
  }
  starting = false
  socket = line
  socket.on('connect', connect)
  socket.on('disconnect', (reason: string) => {
    connected = false
    if (reason === 'io server disconnect') cut()
  })
  socket.on('fact', (fact: Fact) => announce(fact))
  socket.on('people', (now: { document: string; here: Present[] }) => people.set(now.document, now.here))
}

/** Socket.IO, loaded only after sign-in. */
async function openLine(): Promise<Line> {
  const { io } = await import('socket.io-client')
  return io('/live', { transports: ['websocket'], withCredentials: true })
}

/** The server was heard on another way: the line comes back at once instead of after its pause. */
export function reached(): void {
  if (connected || !socket) return
  heard += 1
  socket.disconnect()
  socket.connect()
}

/** Called when the server has hung up for good: it no longer knows who this is. */
export function onCut(react: () => void): void {
  cut = react
}

/** Hangs up; what is subscribed is asked for again from where it was by the next start. */
export function pauseLive(): void {
  starting = false
  socket?.disconnect()
  socket = undefined
  connected = false
}

export function stopLive(): void {
  pauseLive()
  people.clear()
  for (const subscription of wanted.values()) subscription.seq = undefined
}

/** Calls `listener` for every fact whose type begins with `prefix` (`'comment.'`, `''`); returns how to stop. */
export function onFact(prefix: string, listener: Listener): () => void {
  const entry = { prefix, listener }
  listeners.add(entry)
  return () => listeners.delete(entry)
}

/** Calls `reload` when facts were lost for good; returns how to stop. */
export function onResync(reload: () => void): () => void {
  resyncs.add(reload)
  return () => resyncs.delete(reload)
}

/** Asks for the facts of one document, or of all that concerns the person; returns how to stop. */
export function subscribe(document?: string): () => void {
  const key = document ?? EVERYTHING
  const known = wanted.get(key)
  if (known) known.count += 1
  else {
    wanted.set(key, { count: 1, seq: undefined })
    if (connected) ask(key)
  }
  return () => release(key)
}

/** Tells the others at the document where we are. */
export function here(document: string, block?: string): void {
  if (connected) socket?.emit('here', block === undefined ? { document } : { document, block })
}

function release(key: string): void {
  const known = wanted.get(key)
  if (!known) return
  known.count -= 1
  if (known.count > 0) return
  wanted.delete(key)
  people.delete(key)
  socket?.emit('unsubscribe', key === EVERYTHING ? {} : { document: key })
}

function connect(): void {
  connected = true
  for (const key of wanted.keys()) ask(key)
}

function ask(key: string): void {
  const known = wanted.get(key)
  if (!known || !socket) return
  const request: { document?: string; since?: number } = {}
  if (key !== EVERYTHING) request.document = key
  if (known.seq !== undefined) request.since = known.seq
  socket.emit('subscribe', request, (answer: Answer) => answered(key, answer))
}

function answered(key: string, answer: Answer): void {
  const known = wanted.get(key)
  if (!known || !answer) return
  if (answer.resync) {
    known.seq = undefined
    for (const reload of resyncs) reload()
    ask(key) // without `since`: from now on
    return
  }
  for (const fact of answer.missed ?? []) announce(fact)
  known.seq = Math.max(known.seq ?? 0, answer.seq ?? 0)
}

const recent: number[] = []
const seen = new Set<number>()

/** One fact may come by two subscriptions; it is announced once. A job's progress has no number: it is 0. */
function announce(fact: Fact): void {
  if (fact.seq > 0 && seen.has(fact.seq)) return
  if (fact.seq > 0) remember(fact.seq)
  for (const key of [EVERYTHING, fact.document ?? EVERYTHING]) {
    const known = wanted.get(key)
    if (known) known.seq = Math.max(known.seq ?? 0, fact.seq)
  }
  for (const { prefix, listener } of listeners) if (fact.type.startsWith(prefix)) listener(fact)
}

function remember(seq: number): void {
  seen.add(seq)
  recent.push(seq)
  if (recent.length > 2000) seen.delete(recent.shift() ?? 0)
}
