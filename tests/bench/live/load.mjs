// Many people who type: every client writes signs into a paragraph of its own and counts what it sees of the others.
// node load.mjs '{"kind": "paraph"|"hocuspocus", "url", "headers", "documents": [...], "clients", "rate", "seconds",
//                 "warm", "pid", "cursors": whether each sign takes a cursor along}'      prints one line of JSON
import fs from 'node:fs'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import WebSocket from 'ws'

const given = JSON.parse(process.argv[2])
const [SYNC, PRESENCE] = [0, 1]
const [STEP_1, STEP_2, UPDATE] = [0, 1, 2]
const SAVED = 100
const EMPTY = new Uint8Array([0, 0])
const now = () => performance.now()
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

const sent = new Map() // client id -> when each of its signs was sent
let measuring = false
let delivered = 0
let everywhere = 0
let pointed = 0
const delays = []
const saves = []
const faults = []

/** Milliseconds of processor time of the server, its children included, and kilobytes of its own memory. */
function usage () {
  const memory = Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${given.pid}/status`, 'utf8'))[1])
  return { cpu: ticks(given.pid) * 10, memory }
}

/** Hundredths of a second of a process, of its children that have ended (the last two), and of those that live. */
function ticks (pid) {
  const own = stat(pid).slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
  const children = fs.readdirSync('/proc').filter((one) => /^\d+$/.test(one) && stat(one)[1] === String(pid))
  return own + children.reduce((sum, child) => sum + ticks(child), 0)
}

/** From its state on (proc(5)); nothing of a process that has just ended. */
function stat (pid) {
  try {
    return fs.readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ')
  } catch {
    return []
  }
}

/** Once the server has loaded what it needs, and every document is open: what comes then are connections alone. */
async function settled () {
  for (let last = usage(); ; ) {
    await sleep(500)
    const next = usage()
    if (Math.abs(next.memory - last.memory) < 256) return next
    last = next
  }
}

class Client {
  constructor (id, document) {
    this.id = id
    this.document = document
    this.clock = 0
    this.seen = new Map()
    this.unsaved = []
    this.counted = 0
    this.moved = 0
    sent.set(id, [])
  }

  join () {
    const hocuspocus = given.kind === 'hocuspocus'
    this.prefix = hocuspocus ? encode((to) => encoding.writeVarString(to, this.document)) : new Uint8Array(0)
    const address = hocuspocus ? given.url : `${given.url}/sync/${this.document}`
    this.socket = new WebSocket(address, hocuspocus ? [] : ['paraph.1'], { perMessageDeflate: false, headers: given.headers })
    this.socket.on('close', (code) => { if (!ending) faults.push(`closed with ${code}`) })
    this.socket.on('message', (message) => this.hear(message))
    return new Promise((resolve, reject) => {
      this.joined = resolve
      this.socket.on('error', reject)
      this.socket.on('open', () => {
        if (hocuspocus) this.authenticate()
        this.say(STEP_1, new Uint8Array([0]))
      })
    })
  }

  authenticate () {
    this.socket.send(encode((to) => {
      encoding.writeUint8Array(to, this.prefix)
      for (const number of [2, 0]) encoding.writeVarUint(to, number)
      for (const word of ['token', '4.7.0']) encoding.writeVarString(to, word)
    }))
  }

  say (step, payload) {
    if (step !== STEP_1) this.counted++
    this.socket.send(encode((to) => {
      encoding.writeUint8Array(to, this.prefix)
      encoding.writeVarUint(to, SYNC)
      encoding.writeVarUint(to, step)
      encoding.writeVarUint8Array(to, payload)
    }))
  }

  /** Where the cursor is now, as y-prosemirror tells it to the others: one state, of this client. */
  point () {
    const place = { type: null, tname: null, item: { client: this.id, clock: this.clock - 1 }, assoc: 0 }
    const state = { user: { name: `Eva ${this.id}`, color: '#aa6611' }, cursor: { anchor: place, head: place } }
    const payload = encode((to) => {
      for (const number of [1, this.id, ++this.moved]) encoding.writeVarUint(to, number)
      encoding.writeVarString(to, JSON.stringify(state))
    })
    this.socket.send(encode((to) => {
      encoding.writeUint8Array(to, this.prefix)
      encoding.writeVarUint(to, PRESENCE)
      encoding.writeVarUint8Array(to, payload)
    }))
  }

  hear (message) {
    const from = decoding.createDecoder(message)
    if (this.prefix.length) from.pos = this.prefix.length
    const kind = decoding.readVarUint(from)
    if (kind === SAVED) return this.hearSaved(from)
    if (kind === SAVED + 1) { faults.push(`refused ${decoding.readVarUint(from)} ${decoding.readVarString(from)}`); return }
    if (kind === PRESENCE) return this.seePresence(decoding.readVarUint8Array(from))
    if (kind !== SYNC) return
    const step = decoding.readVarUint(from)
    const payload = decoding.readVarUint8Array(from)
    if (step === STEP_1) return this.say(STEP_2, EMPTY)
    if (step === STEP_2) this.joined()
    this.count(payload)
  }

  hearSaved (from) {
    decoding.readVarUint8Array(from)
    const dealt = decoding.readVarUint(from)
    while (this.unsaved.length && this.unsaved[0][0] <= dealt) {
      const [, at] = this.unsaved.shift()
      if (measuring) saves.push(now() - at)
    }
  }

  /** How many cursors of others this brought. */
  seePresence (states) {
    if (!measuring) return
    const from = decoding.createDecoder(states)
    for (let left = decoding.readVarUint(from); left > 0; left--) {
      if (decoding.readVarUint(from) !== this.id) pointed++
      decoding.readVarUint(from)
      decoding.readVarString(from)
    }
  }

  /** Which signs of the others this update brought for the first time. */
  count (update) {
    const at = now()
    ranges(update, (client, clock, length) => {
      const times = sent.get(client)
      if (!times || client === this.id) return
      const known = this.seen.get(client) ?? 0
      if (clock > known) faults.push('a gap')
      for (let one = Math.max(clock, known); one < clock + length; one++) {
        if (times[one] === undefined) continue
        everywhere++
        if (measuring) { delivered++; delays.push(at - times[one]) }
      }
      this.seen.set(client, Math.max(known, clock + length))
    })
  }

  type () {
    const times = sent.get(this.id)
    const update = this.clock ? this.sign() : this.paragraph()
    times[this.clock - 1] = now()
    this.say(UPDATE, update)
    this.unsaved.push([this.counted, times[this.clock - 1]])
    if (given.cursors) this.point()
  }

  /** An element in the body, its id, a text in it, and one sign. */
  paragraph () {
    this.clock = 4
    return encode((to) => {
      for (const number of [1, 4, this.id, 0]) encoding.writeVarUint(to, number)
      encoding.writeUint8(to, 7)
      encoding.writeVarUint(to, 1)
      encoding.writeVarString(to, 'body')
      encoding.writeVarUint(to, 3)
      encoding.writeVarString(to, 'paragraph')
      encoding.writeUint8(to, 8 | 32)
      for (const number of [0, this.id, 0]) encoding.writeVarUint(to, number)
      encoding.writeVarString(to, 'id')
      encoding.writeVarUint(to, 1)
      encoding.writeAny(to, `p${this.id}`)
      encoding.writeUint8(to, 7)
      for (const number of [0, this.id, 0, 6]) encoding.writeVarUint(to, number)
      encoding.writeUint8(to, 4)
      for (const number of [0, this.id, 2]) encoding.writeVarUint(to, number)
      encoding.writeVarString(to, 'x')
      encoding.writeVarUint(to, 0)
    })
  }

  /** One more sign behind the last one. */
  sign () {
    return encode((to) => {
      for (const number of [1, 1, this.id, this.clock]) encoding.writeVarUint(to, number)
      encoding.writeUint8(to, 4 | 128)
      for (const number of [this.id, this.clock - 1]) encoding.writeVarUint(to, number)
      encoding.writeVarString(to, 'x')
      encoding.writeVarUint(to, 0)
      this.clock++
    })
  }
}

function encode (write) {
  const to = encoding.createEncoder()
  write(to)
  return encoding.toUint8Array(to)
}

/** What stands in an update: tell(client, clock, length). Only what these clients write is understood. */
function ranges (update, tell) {
  const from = decoding.createDecoder(update)
  for (let clients = decoding.readVarUint(from); clients > 0; clients--) {
    let structs = decoding.readVarUint(from)
    const client = decoding.readVarUint(from)
    let clock = decoding.readVarUint(from)
    for (; structs > 0; structs--) {
      const length = struct(from)
      tell(client, clock, length)
      clock += length
    }
  }
}

function struct (from) {
  const info = decoding.readUint8(from)
  const kind = info & 31
  if (kind === 0) return decoding.readVarUint(from)
  if (info & 128) { decoding.readVarUint(from); decoding.readVarUint(from) }
  if (info & 64) { decoding.readVarUint(from); decoding.readVarUint(from) }
  if (!(info & 192)) {
    if (decoding.readVarUint(from) === 1) decoding.readVarString(from)
    else { decoding.readVarUint(from); decoding.readVarUint(from) }
    if (info & 32) decoding.readVarString(from)
  }
  if (kind === 1) return decoding.readVarUint(from)
  if (kind === 4) return decoding.readVarString(from).length
  if (kind === 7) { if (decoding.readVarUint(from) === 3) decoding.readVarString(from); return 1 }
  if (kind === 8) { decoding.readVarUint(from); decoding.readAny(from); return 1 }
  throw new Error(`content ${kind}`)
}

const percentile = (values, share) => values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? null

let ending = false
const first = 1 + Math.floor(Math.random() * 2 ** 20) * 1000
const clients = given.documents.flatMap((document, n) =>
  Array.from({ length: given.clients }, (_, m) => new Client(first + n * given.clients + m, document)))
const join = async (some) => {
  for (let at = 0; at < some.length; at += 20) await Promise.all(some.slice(at, at + 20).map((one) => one.join()))
}
const openers = new Set(clients.filter((_, n) => n % given.clients === 0))
const others = clients.filter((one) => !openers.has(one))
await join([...openers])
const before = await settled()
await join(others)
const connected = usage()

const due = clients.map(() => now() + Math.random() * 1000 / given.rate)
const typing = setInterval(() => {
  const time = now()
  clients.forEach((one, n) => {
    if (due[n] > time) return
    one.type()
    due[n] += (0.6 + 0.8 * Math.random()) * 1000 / given.rate
  })
}, 1)
await sleep(given.warm * 1000)
measuring = true
const [began, start] = [now(), usage()]
await sleep(given.seconds * 1000)
const [ended, end] = [now(), usage()]
measuring = false
clearInterval(typing)
const expected = clients.reduce((sum, one) => sum + Math.max(0, one.clock - 3), 0) * (given.clients - 1)
for (let wait = 0; wait < 100 && everywhere < expected; wait++) await sleep(50)
if (everywhere !== expected) faults.push(`${everywhere} of ${expected} signs arrived`)
console.log(JSON.stringify({
  delivered,
  perSecond: delivered / (ended - began) * 1000,
  cpu: (end.cpu - start.cpu) * 1000 / delivered,
  busy: (end.cpu - start.cpu) / (ended - began),
  p50: percentile(delays, 0.5),
  p99: percentile(delays, 0.99),
  saved: percentile(saves, 0.99),
  cursors: pointed / delivered,
  connection: (connected.memory - before.memory) / others.length,
  faults: [...new Set(faults)].slice(0, 10)
}))
ending = true
for (const one of clients) one.socket.terminate()
process.exit(0)
