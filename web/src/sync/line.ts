/**
 * The line to the server: the one socket that is open, and when to try for the next one. What is said over it is not
 * its business. A server that does not answer is hung up on.
 */
import { delay } from './backoff'
import { subprotocol } from './protocol'

export interface LineOptions {
  url: string
  connect?: ((url: string) => WebSocket) | undefined
  /** The server does not speak first on this line. */
  silent: () => void
  receive: (frame: Uint8Array) => void
  /** Told once a line, with the code and the words it was closed with. */
  lost: (code: number, words: string) => void
  /** Told when the pause before the next try is over. */
  again: () => void
}

const answerWithin = 15_000
const renewAfter = 10_000
const renewal = 4000

export class Line {
  readonly #options: LineOptions
  #socket: WebSocket | null = null
  #attempt = 0
  #timers: Partial<Record<'return' | 'answer' | 'renew', ReturnType<typeof setTimeout>>> = {}

  constructor(options: LineOptions) {
    this.#options = options
  }

  /** Whether there is one, be it only on its way. */
  get there(): boolean {
    return this.#socket !== null
  }

  get connected(): boolean {
    return this.#socket?.readyState === 1
  }

  /** Says whether this is a new one. */
  open(): boolean {
    if (this.#socket) return false
    const connect = this.#options.connect ?? ((url) => new WebSocket(url, [subprotocol]))
    const socket = connect(this.#options.url)
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => socket.protocol === subprotocol || this.#options.silent()
    socket.onmessage = (event) => this.#options.receive(new Uint8Array(event.data as ArrayBuffer))
    socket.onclose = (event) => this.#ended(socket, event.code, event.reason)
    this.#socket = socket
    return true
  }

  post(frame: Uint8Array): void {
    if (this.connected) this.#socket?.send(frame as Uint8Array<ArrayBuffer>)
  }

  expectAnswer(): void {
    clearTimeout(this.#timers.answer)
    this.#timers.answer = setTimeout(() => this.renew(), answerWithin)
  }

  answered(): void {
    clearTimeout(this.#timers.answer)
  }

  /** Hangs up, to begin anew on another line. */
  renew(code = renewal): void {
    this.#socket?.close(code)
  }

  renewLater(): void {
    this.#timers.renew ??= setTimeout(() => this.renew(), renewAfter + delay(0))
  }

  needNotRenew(): void {
    clearTimeout(this.#timers.renew)
    delete this.#timers.renew
  }

  /** Every try that failed makes the pause longer. */
  returnLater(): void {
    clearTimeout(this.#timers.return)
    this.#timers.return = setTimeout(this.#options.again, delay(this.#attempt))
    this.#attempt += 1
  }

  needNotWait(): void {
    clearTimeout(this.#timers.return)
  }

  /** Pauses begin short again. */
  recovered(): void {
    this.#attempt = 0
    this.needNotRenew()
  }

  /** The browser knows before the socket does that it leads nowhere. */
  cut(): void {
    const socket = this.#socket
    if (!socket) return
    socket.onclose = null
    socket.close()
    this.#ended(socket, 1006, '')
  }

  close(): void {
    for (const timer of Object.values(this.#timers)) clearTimeout(timer)
    this.#socket?.close(1000)
  }

  #ended(socket: WebSocket, code: number, words: string): void {
    if (socket !== this.#socket) return
    this.#socket = null
    this.answered()
    this.needNotRenew()
    this.#options.lost(code, words)
  }
}
