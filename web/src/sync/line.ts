/**
 * The line to the server: the one socket that is open, and when to try for the next one. What is said over it is not
 * its business. A line that died silently is left: the server owes answers, and speaks at least every 12 seconds.
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
const silentFor = 28_000
const lookEvery = 5000
/** What came while a page slept is handed to it after its late timer. */
const lookTwice = 2000
/** How many times as long a slow line may take that large texts did not get over. */
const patientAtMost = 8
const renewAfter = 10_000
const renewal = 4000

type Timer = 'return' | 'answer' | 'silence' | 'renew'

export class Line {
  readonly #options: LineOptions
  #socket: WebSocket | null = null
  #attempt = 0
  #patience = 1
  #heard = 0
  #timers: Partial<Record<Timer, ReturnType<typeof setTimeout>>> = {}

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
    socket.onmessage = (event) => this.#take(event)
    socket.onclose = (event) => this.#ended(socket, event.code, event.reason)
    this.#socket = socket
    this.#heard = Date.now()
    this.#lookIn(lookEvery)
    return true
  }

  post(frame: Uint8Array): void {
    if (this.connected) this.#socket?.send(frame as Uint8Array<ArrayBuffer>)
  }

  /** What is asked while an answer is owed gives it no more time. */
  expectAnswer(): void {
    this.#timers.answer ??= setTimeout(() => this.#leave(), answerWithin * this.#patience)
  }

  answered(): void {
    this.#stop('answer')
  }

  /** Hangs up, to begin anew on another line. */
  renew(code = renewal): void {
    this.#socket?.close(code)
  }

  renewLater(): void {
    this.#timers.renew ??= setTimeout(() => this.renew(), renewAfter + delay(0))
  }

  needNotRenew(): void {
    this.#stop('renew')
  }

  /** Every try that failed makes the pause longer. */
  returnLater(): void {
    this.#stop('return')
    this.#timers.return = setTimeout(this.#options.again, delay(this.#attempt))
    this.#attempt += 1
  }

  needNotWait(): void {
    this.#stop('return')
  }

  /** Pauses begin short again. */
  recovered(): void {
    this.#attempt = 0
    this.#patience = 1
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

  #take({ data }: MessageEvent): void {
    this.#heard = Date.now()
    this.#options.receive(new Uint8Array(data as ArrayBuffer))
  }

  #lookIn(pause: number, again = false): void {
    this.#timers.silence = setTimeout(() => this.#look(again), pause)
  }

  /** However late this is, what counts is when something came. Clocks may also be set back. */
  #look(again: boolean): void {
    const allowed = silentFor * (this.connected ? this.#patience : 1)
    const silent = Math.abs(Date.now() - this.#heard) >= allowed
    if (silent && again) this.#leave()
    else this.#lookIn(silent ? lookTwice : lookEvery, silent)
  }

  /** Nobody is there, so there is no farewell to wait for. */
  #leave(): void {
    if (this.connected) this.#patience = Math.min(this.#patience * 2, patientAtMost)
    this.cut()
  }

  #stop(timer: Timer): void {
    clearTimeout(this.#timers[timer])
    delete this.#timers[timer]
  }

  #ended(socket: WebSocket, code: number, words: string): void {
    if (socket !== this.#socket) return
    this.#socket = null
    this.answered()
    this.needNotRenew()
    this.#stop('silence')
    this.#options.lost(code, words)
  }
}
