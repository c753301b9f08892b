// A standard y-websocket client. Reads one JSON command a line, answers one JSON line each.
// node joins.mjs URL DOCUMENT PARAMS_JSON
import * as readline from 'node:readline'
import WebSocket from 'ws'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'

const [url, room, params] = process.argv.slice(2)
const doc = new Y.Doc()
const provider = new WebsocketProvider(url, room, doc, {
  WebSocketPolyfill: WebSocket, disableBc: true, params: JSON.parse(params), maxBackoffTime: 200
})
const closes = []
provider.on('connection-close', (event) => event && closes.push(event.code))
const body = doc.getXmlFragment('body')

const say = (answer) => process.stdout.write(JSON.stringify(answer) + '\n')
const paragraphs = () => body.toArray().map((node) => node.toArray().map((part) =>
  part instanceof Y.XmlText ? part.toDelta().map((run) => run.insert).join('') : `<${part.nodeName}>`).join(''))

const commands = {
  synced: () => new Promise((resolve) => provider.synced ? resolve(true) : provider.once('sync', () => resolve(true))),
  type: ({ words }) => { body.get(0).get(0).insert(body.get(0).get(0).length, words); return doc.clientID },
  paragraphs,
  until: ({ words }) => new Promise((resolve) => {
    const look = () => paragraphs().some((text) => text.includes(words)) && (doc.off('update', look), resolve(true))
    doc.on('update', look)
    look()
  }),
  here: ({ user }) => { provider.awareness.setLocalStateField('user', user); return doc.clientID },
  others: ({ count }) => new Promise((resolve) => {
    const look = () => {
      const states = [...provider.awareness.getStates()].filter(([id]) => id !== doc.clientID)
      if (states.length === count) { provider.awareness.off('change', look); resolve(states) }
    }
    provider.awareness.on('change', look)
    look()
  }),
  closes: () => closes,
  bye: () => { provider.destroy(); setTimeout(() => process.exit(0), 50) }
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { command, ...given } = JSON.parse(line)
  say(await commands[command](given) ?? null)
}
