// What a document says in Yjs after updates, one after another: a JSON array of base64 a line in, its tree a line out.
import * as readline from 'node:readline'
import * as Y from 'yjs'

const held = (type) => Object.fromEntries(Object.entries(type.getAttributes()).filter(([, value]) => value != null))
const said = (type) => type instanceof Y.XmlText
  ? type.toDelta().map((run) => run.insert).join('')
  : [type.nodeName, held(type), type.toArray().map(said)]

for await (const line of readline.createInterface({ input: process.stdin })) {
  const doc = new Y.Doc()
  for (const update of JSON.parse(line)) Y.applyUpdate(doc, Buffer.from(update, 'base64'))
  const pending = doc.store.pendingStructs !== null || doc.store.pendingDs !== null
  process.stdout.write(JSON.stringify({ said: doc.getXmlFragment('body').toArray().map(said), pending }) + '\n')
}
