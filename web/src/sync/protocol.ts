/** The y-websocket protocol with sub-protocol `paraph.1`: bytes to messages and back (docs/integrators/wire.md, `paraph.1` on the wire). */
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'

export const subprotocol = 'paraph.1'

const SYNC = 0
const AWARENESS = 1
const AUTH = 2
const QUERY_AWARENESS = 3
const SAVED = 100
const REFUSED = 101
const ROLE = 102
const EPOCH = 103

const STEP_1 = 0
const STEP_2 = 1
const UPDATE = 2

export type RefusalCode =
  | 'not_allowed'
  | 'foreign_client'
  | 'malformed'
  | 'too_large'
  | 'bad_schema'
  | 'not_saved'
  | 'slow_down'

export type Incoming =
  | { kind: 'vector'; vector: Uint8Array }
  | { kind: 'whole'; update: Uint8Array }
  | { kind: 'update'; update: Uint8Array }
  | { kind: 'awareness'; update: Uint8Array }
  | { kind: 'query_awareness' }
  | { kind: 'denied'; detail: string }
  | { kind: 'saved'; vector: Uint8Array; upTo: number }
  | { kind: 'refused'; number: number; code: RefusalCode; detail: string }
  | { kind: 'role'; role: string }
  | { kind: 'epoch'; epoch: number }
  | { kind: 'unknown'; type: number }

/** Reads one frame. A frame of a type this client does not know is told as such, never an error. */
export function read(frame: Uint8Array): Incoming {
  const decoder = decoding.createDecoder(frame)
  const type = decoding.readVarUint(decoder)
  switch (type) {
    case SYNC:
      return readSync(decoder)
    case AWARENESS:
      return { kind: 'awareness', update: decoding.readVarUint8Array(decoder) }
    case AUTH:
      decoding.readVarUint(decoder)
      return { kind: 'denied', detail: decoding.readVarString(decoder) }
    case QUERY_AWARENESS:
      return { kind: 'query_awareness' }
    case SAVED:
      return { kind: 'saved', vector: decoding.readVarUint8Array(decoder), upTo: decoding.readVarUint(decoder) }
    case REFUSED:
      return readRefusal(decoder)
    case ROLE:
      return { kind: 'role', role: decoding.readVarString(decoder) }
    case EPOCH:
      return { kind: 'epoch', epoch: decoding.readVarUint(decoder) }
    default:
      return { kind: 'unknown', type }
  }
}

function readSync(decoder: decoding.Decoder): Incoming {
  const step = decoding.readVarUint(decoder)
  const bytes = decoding.readVarUint8Array(decoder)
  if (step === STEP_1) return { kind: 'vector', vector: bytes }
  return step === STEP_2 ? { kind: 'whole', update: bytes } : { kind: 'update', update: bytes }
}

function readRefusal(decoder: decoding.Decoder): Incoming {
  const number = decoding.readVarUint(decoder)
  const code = decoding.readVarString(decoder) as RefusalCode
  return { kind: 'refused', number, code, detail: decoding.readVarString(decoder) }
}

export const vectorFrame = (vector: Uint8Array): Uint8Array => frame(vector, SYNC, STEP_1)
export const wholeFrame = (update: Uint8Array): Uint8Array => frame(update, SYNC, STEP_2)
export const updateFrame = (update: Uint8Array): Uint8Array => frame(update, SYNC, UPDATE)
export const awarenessFrame = (update: Uint8Array): Uint8Array => frame(update, AWARENESS)

function frame(payload: Uint8Array, ...head: number[]): Uint8Array {
  const encoder = encoding.createEncoder()
  for (const number of head) encoding.writeVarUint(encoder, number)
  encoding.writeVarUint8Array(encoder, payload)
  return encoding.toUint8Array(encoder)
}
