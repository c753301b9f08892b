// What honest clients write who are often offline, undo and redo: node honest.mjs SEED STEPS > a JSON array of updates,
// in the order in which the office hears of them.
import * as Y from 'yjs'

let seed = Number(process.argv[2] ?? 1)
const random = () => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed / 2147483648 }
const pick = (list) => list[Math.floor(random() * list.length)]
const below = (limit) => Math.floor(random() * limit)

const office = new Y.Doc()
const written = []
const bring = (update) => {
  if (update.length > 2) written.push(Buffer.from(update).toString('base64'))
  Y.applyUpdate(office, update)
}

class Client {
  constructor (id) {
    this.doc = new Y.Doc()
    this.doc.clientID = id
    this.body = this.doc.getXmlFragment('body')
    this.undo = new Y.UndoManager(this.body, { captureTimeout: 0 })
    this.online = true
    this.doc.on('update', (update, origin) => { if (this.online && origin !== 'office') bring(update) })
    office.on('update', (update) => this.online && Y.applyUpdate(this.doc, update, 'office'))
  }

  leave () { this.online = false }

  return () {
    if (this.online) return
    bring(Y.encodeStateAsUpdate(this.doc, Y.encodeStateVector(office)))
    this.online = true
    Y.applyUpdate(this.doc, Y.encodeStateAsUpdate(office), 'office')
  }

  paragraph (at) {
    const made = new Y.XmlElement('paragraph')
    made.setAttribute('textAlign', pick(['left', 'center']))
    made.insert(0, [new Y.XmlText(pick(['slovo', 'a', 'delší slovo']))])
    this.body.insert(at, [made])
  }

  act () {
    if (this.body.length === 0) return this.paragraph(0)
    const at = below(this.body.length)
    const element = this.body.get(at)
    const text = element.get(0)
    const act = random()
    if (act < 0.35) text.insert(pick([0, text.length, below(text.length + 1)]), pick(['x', 'yz', 'psát ']))
    else if (act < 0.5 && text.length) { const from = below(text.length); text.delete(from, 1 + below(Math.min(4, text.length - from))) }
    else if (act < 0.6 && text.length) { const from = below(text.length); text.format(from, 1 + below(text.length - from), { bold: pick([{}, null]) }) }
    else if (act < 0.67) this.paragraph(pick([0, this.body.length, at]))
    else if (act < 0.71 && this.body.length > 2) this.body.delete(at, 1)
    else if (act < 0.75) element.setAttribute('textAlign', pick(['left', 'right', 'center']))
    else if (act < 0.85) this.undo.undo()
    else if (act < 0.9) this.undo.redo()
    else if (act < 0.95) this.leave()
    else this.return()
  }
}

const clients = [5, 2 ** 31 + 9, 300, 4294967290].map((id) => new Client(id))
clients[0].paragraph(0)
for (let step = 0; step < Number(process.argv[3] ?? 400); step++) pick(clients).act()
clients.forEach((client) => client.return())
process.stdout.write(JSON.stringify(written), () => process.exit(0))
