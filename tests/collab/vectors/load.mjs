// Loads documents as Tiptap does: one base64 update a line in, one JSON answer a line out:
// the ProseMirror document, and how many bytes the editor would write just for having loaded it.
import * as readline from 'node:readline'
import { initProseMirrorDoc, updateYFragment } from '@tiptap/y-tiptap'
import * as Y from 'yjs'
import { schema } from './schema.mjs'

for await (const line of readline.createInterface({ input: process.stdin })) {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, Buffer.from(line, 'base64'))
  let corrected = 0
  doc.on('update', (update) => { corrected += update.length })
  const body = doc.getXmlFragment('body')
  const { doc: tree } = initProseMirrorDoc(body, schema)
  updateYFragment(doc, body, tree, { mapping: new Map(), isOMark: new Map() })
  let valid = ''
  try { tree.check() } catch (error) { valid = String(error) }
  process.stdout.write(JSON.stringify({ tree: tree.toJSON(), corrected, valid, pending: doc.store.pendingStructs !== null }) + '\n')
}
