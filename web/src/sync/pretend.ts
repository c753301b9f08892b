/** A `/sync` server within the test: one document, `paraph.1`, and a disk that can be told to fail; and a browser's store. */
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import * as Y from 'yjs'
import type { Keeper } from './keeping'
import type { Lost, Row } from './kept'
import { subprotocol } from './protocol'

type Judge = (update: Uint8Array) => { code: string; detail: string } | null

export class PretendServer {
  readonly doc = new Y.Doc()
  epoch = 1
  role = 'editor'
  judge: Judge = () => null
  /** When false, nothing is reported saved until `flush`. */
  prompt = true
  /** Frames with content, of all sockets. */
  taken = 0
  /** New lines lead nowhere. */
  unreachable = false
  readonly sockets = new Set<PretendSocket>()

  readonly connect = (): WebSocket => {
    const socket = new PretendSocket(this)
    this.sockets.add(socket)
    queueMicrotask(() => socket.welcome())
    return socket as unknown as WebSocket
  }

  flush(): void {
    for (const socket of this.sockets) socket.report()
  }

  /** Storage is back: everybody is asked for what they have. */
  askAll(): void {
    for (const socket of this.sockets) socket.ask()
  }

  /** Written by somebody at another server of the same draft. */
  tell(update: Uint8Array): void {
    Y.applyUpdate(this.doc, update)
    for (const socket of this.sockets) socket.bring(update)
  }

  hangUp(code: number): void {
    for (const socket of [...this.sockets]) socket.hangUp(code)
  }

  /** Every line dies, and nobody at either end is told. */
  dieSilently(): void {
    for (const socket of this.sockets) socket.dead = true
    this.sockets.clear()
    this.unreachable = true
  }
}

const speaksEvery = 12_000

class PretendSocket {
  readyState = 0
  protocol = subprotocol
  binaryType = 'arraybuffer'
  onopen: (() => void) | null = null
  onmessage: ((event: { data: ArrayBuffer }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  dead = false
  #counted = 0
  #speaking: ReturnType<typeof setInterval> | undefined

  readonly #server: PretendServer
  constructor(server: PretendServer) {
    this.#server = server
  }

  welcome(): void {
    if (this.readyState !== 0 || this.#server.unreachable) return
    this.readyState = 1
    this.#speaking = setInterval(() => this.#showNobody(), speaksEvery)
    this.onopen?.()
    this.#say((out) => (encoding.writeVarUint(out, 103), encoding.writeVarUint(out, this.#server.epoch)))
    this.#say((out) => (encoding.writeVarUint(out, 102), encoding.writeVarString(out, this.#server.role)))
    this.ask()
  }

  ask(): void {
    this.#sync(0, Y.encodeStateVector(this.#server.doc))
  }

  bring(update: Uint8Array): void {
    this.#sync(2, update)
  }

  send(frame: Uint8Array): void {
    if (this.dead) return
    const input = decoding.createDecoder(frame)
    if (decoding.readVarUint(input) !== 0) return
    const step = decoding.readVarUint(input)
    const bytes = decoding.readVarUint8Array(input)
    if (step === 0) return this.#sync(1, Y.encodeStateAsUpdate(this.#server.doc, bytes))
    this.#take(bytes)
  }

  close(code = 1000): void {
    this.hangUp(code)
  }

  hangUp(code: number): void {
    if (this.readyState === 3) return
    this.readyState = 3
    clearInterval(this.#speaking)
    this.#server.sockets.delete(this)
    if (!this.dead) queueMicrotask(() => this.onclose?.({ code }))
  }

  report(): void {
    this.#say((out) => {
      encoding.writeVarUint(out, 100)
      encoding.writeVarUint8Array(out, Y.encodeStateVector(this.#server.doc))
      encoding.writeVarUint(out, this.#counted)
    })
  }

  #take(update: Uint8Array): void {
    this.#counted += 1
    this.#server.taken += 1
    const refusal = this.#server.judge(update)
    if (refusal) return this.#refuse(this.#counted, refusal)
    Y.applyUpdate(this.#server.doc, update)
    for (const other of this.#server.sockets) if (other !== this) other.bring(update)
    if (this.#server.prompt) this.report()
  }

  #refuse(number: number, { code, detail }: { code: string; detail: string }): void {
    this.#say((out) => {
      encoding.writeVarUint(out, 101)
      encoding.writeVarUint(out, number)
      encoding.writeVarString(out, code)
      encoding.writeVarString(out, detail)
    })
  }

  #sync(step: number, bytes: Uint8Array): void {
    this.#say((out) => {
      encoding.writeVarUint(out, 0)
      encoding.writeVarUint(out, step)
      encoding.writeVarUint8Array(out, bytes)
    })
  }

  #showNobody(): void {
    this.#say((out) => (encoding.writeVarUint(out, 1), encoding.writeVarUint8Array(out, Uint8Array.of(0))))
  }

  #say(write: (out: encoding.Encoder) => unknown): void {
    const out = encoding.createEncoder()
    write(out)
    const frame = encoding.toUint8Array(out)
    queueMicrotask(() => this.readyState === 1 && !this.dead && this.onmessage?.({ data: frame.slice().buffer as ArrayBuffer }))
  }
}

export class Memory implements Keeper {
  rows = new Map<number, Row>()
  lost: Lost[] = []
  full = false
  #next = 1

  keep = async (row: Row): Promise<number> => {
    if (this.full) throw new DOMException('', 'QuotaExceededError')
    const key = this.#next++
    this.rows.set(key, { ...row, key })
    return key
  }
  drop = async (keys: number[]): Promise<void> => keys.forEach((key) => this.rows.delete(key))
  adopt = async (owner: string): Promise<Row[]> => [...this.rows.values()].filter((row) => row.owner === owner)
  noteLost = async (lost: Lost): Promise<void> => void this.lost.push(lost)
}
