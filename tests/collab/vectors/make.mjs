// What the real libraries write: node make.mjs SEED > one JSON document on stdout.
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { Node } from '@tiptap/pm/model'
import { updateYFragment } from '@tiptap/y-tiptap'
import * as awareness from 'y-protocols/awareness'
import * as auth from 'y-protocols/auth'
import * as sync from 'y-protocols/sync'
import * as Y from 'yjs'
import { schema } from './schema.mjs'

let seed = Number(process.argv[2] ?? 1)
const random = () => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed / 2147483648 }
const pick = (list) => list[Math.floor(random() * list.length)]
const base64 = (bytes) => Buffer.from(bytes).toString('base64')
const written = (write) => { const encoder = encoding.createEncoder(); write(encoder); return base64(encoding.toUint8Array(encoder)) }

// One document written by three clients through the editor's binding.
const WORDS = ['návrh', 'vyhláška', 'příloha 😀', 'čl. 3', 'odst. 𝒳', 'a', ' ', 'poplatek', '„úřad“']
const marks = () => [
  ...(random() < 0.3 ? [{ type: 'bold' }] : []),
  ...(random() < 0.2 ? [{ type: 'link', attrs: { href: 'https://example.test/' + pick(WORDS) } }] : []),
  ...(random() < 0.3 ? [{ type: 'comment', attrs: { id: pick(['c1', 'c2', 'c3']) } }] : []),
  ...(random() < 0.1 ? [{ type: 'comment', attrs: { id: 'c9' } }] : [])
]
const inline = () => random() < 0.8
  ? { type: 'text', text: pick(WORDS), marks: marks() }
  : pick([{ type: 'hardBreak' }, { type: 'footnote', content: [{ type: 'text', text: pick(WORDS) }] }])
const inlines = () => Array.from({ length: Math.floor(random() * 5) }, inline)
let ids = 0
const id = () => `b${ids++}`
const paragraph = () => ({ type: 'paragraph', attrs: { id: id(), textAlign: pick([null, 'center']) }, content: inlines() })
const block = () => pick([
  paragraph, paragraph,
  () => ({ type: 'heading', attrs: { id: id(), level: pick([1, 2, 3]) }, content: inlines() }),
  () => ({ type: 'point', attrs: { id: id(), level: pick([1, 2]) }, content: inlines() }),
  () => ({ type: 'orderedList', attrs: { id: id(), start: 3 }, content: [{ type: 'listItem', content: [paragraph()] }] }),
  () => ({ type: 'table', attrs: { id: id() }, content: [{ type: 'tableRow', content: [
    { type: 'tableHeader', attrs: { colwidth: [120, 80], colspan: 2 }, content: [paragraph()] },
    { type: 'tableCell', content: [paragraph()] }] }] }),
  () => ({ type: 'image', attrs: { id: id(), src: '/api/v1/blobs/x', alt: 'plán', width: 300 } }),
  () => ({ type: 'pageBreak', attrs: { id: id() } })
])()

const clients = [11, 2 ** 31 + 7, 4294967295].map((clientID) => {
  const doc = new Y.Doc()
  doc.clientID = clientID
  return doc
})
const updates = []
clients.forEach((doc) => doc.on('update', (update, origin) => {
  if (origin === 'remote') return
  updates.push(base64(update))
  clients.forEach((other) => other !== doc && Y.applyUpdate(other, update, 'remote'))
}))
let tree = { type: 'doc', content: [paragraph()] }
const write = (doc) => updateYFragment(doc, doc.getXmlFragment('body'), Node.fromJSON(schema, tree), { mapping: new Map(), isOMark: new Map() })
for (let step = 0; step < 120; step++) {
  const blocks = tree.content
  const at = Math.floor(random() * blocks.length)
  const act = random()
  if (act < 0.4) blocks.splice(at, 0, block())
  else if (act < 0.5 && blocks.length > 1) blocks.splice(at, 1)
  else if (blocks[at].type === 'paragraph') blocks[at] = { ...blocks[at], content: inlines() }
  else if (blocks[at].attrs) blocks[at] = { ...blocks[at], attrs: { ...blocks[at].attrs } }
  tree = JSON.parse(JSON.stringify(Node.fromJSON(schema, tree).toJSON()))
  write(pick(clients))
}
const whole = Y.encodeStateAsUpdate(clients[0])
const decoded = (update) => {
  const { structs, ds } = Y.decodeUpdate(update)
  return {
    structs: structs.map((struct) => [struct.id.client, struct.id.clock, struct.length]),
    deletions: [...ds.clients].flatMap(([client, items]) => items.map((item) => [client, item.clock, item.len]))
  }
}

// Messages.
const states = new awareness.Awareness(clients[1])
states.setLocalState({ user: { name: 'Jana Malá', color: '#a61' }, cursor: null })
const messages = {
  step1: written((e) => { encoding.writeVarUint(e, 0); sync.writeSyncStep1(e, clients[0]) }),
  step2: written((e) => { encoding.writeVarUint(e, 0); sync.writeSyncStep2(e, clients[0]) }),
  update: written((e) => { encoding.writeVarUint(e, 0); sync.writeUpdate(e, Buffer.from(updates[0], 'base64')) }),
  awareness: written((e) => { encoding.writeVarUint(e, 1); encoding.writeVarUint8Array(e, awareness.encodeAwarenessUpdate(states, [clients[1].clientID])) }),
  denied: written((e) => { encoding.writeVarUint(e, 2); auth.writePermissionDenied(e, 'jen ke čtení') }),
  query: written((e) => encoding.writeVarUint(e, 3))
}

// Values.
const ANY = [null, true, false, 0, 1, -1, 63, 64, -64, 127, 128, 2 ** 31, -(2 ** 31), 2 ** 40, 1.5, -0.25, 1e300, '', 'žluťoučký 😀',
  [1, 'a', [null]], { type: 'comment', attrs: { id: 'c1' } }, { a: [{ b: {} }] }]
const values = ANY.map((value) => [value, written((e) => encoding.writeAny(e, value))])
const NUMBERS = [0, 1, 127, 128, 16383, 16384, 2 ** 31, 2 ** 32, 2 ** 53 - 1]
const numbers = NUMBERS.map((number) => [number, written((e) => encoding.writeVarUint(e, number))])
const reread = numbers.every(([number, bytes]) => decoding.readVarUint(decoding.createDecoder(Buffer.from(bytes, 'base64'))) === number)

process.stdout.write(JSON.stringify({
  updates,
  decoded: updates.map((update) => decoded(Buffer.from(update, 'base64'))),
  whole: base64(whole),
  vector: base64(Y.encodeStateVector(clients[0])),
  tree,
  messages,
  awareness: { client: clients[1].clientID, state: states.getLocalState() },
  values,
  numbers,
  reread
}), () => process.exit(0))
