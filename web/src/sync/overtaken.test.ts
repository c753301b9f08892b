import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { Memory, PretendServer } from './pretend'
import { Room } from './room'

let server: PretendServer
let memory: Memory
let rooms: Room[]

function enter(): Room {
  const room = new Room({
    url: 'ws://here/sync/d',
    owner: 'p/d',
    tab: `t${rooms.length}`,
    keeper: memory,
    changed: () => undefined,
    lost: () => undefined,
    connect: server.connect,
  })
  rooms.push(room)
  room.open()
  return room
}

const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)
const body = (doc: Y.Doc): Y.XmlFragment => doc.getXmlFragment('content')
const passage = (doc: Y.Doc, at = 0): Y.XmlText => (body(doc).get(at) as Y.XmlElement).get(0) as Y.XmlText

function paragraph(words: string): Y.XmlElement {
  const made = new Y.XmlElement('paragraph')
  made.insert(0, [new Y.XmlText(words)])
  return made
}

async function goOffline(): Promise<void> {
  server.hangUp(1006)
  await settle()
}

beforeEach(() => {
  vi.useFakeTimers()
  server = new PretendServer()
  memory = new Memory()
  rooms = []
  body(server.doc).insert(0, [paragraph('Předmět.'), paragraph('Účinnost.')])
})

afterEach(() => {
  for (const room of rooms) room.close()
  vi.useRealTimers()
})

describe('text whose passage was deleted meanwhile', () => {
  test('is given back when the line returns, without what its author deleted again', async () => {
    const room = enter()
    await settle()
    await goOffline()
    passage(room.doc).insert(8, ' Psánox ')
    passage(room.doc).delete(14, 1)
    passage(room.doc).insert(15, 've vlaku.')
    body(server.doc).delete(0, 1)
    await settle(1000)
    expect(memory.lost).toMatchObject([{ code: 'deleted', text: ' Psáno ve vlaku.' }])
    expect(room.save.light).toBe('saved')
    expect(body(room.doc).toString()).toBe(body(server.doc).toString())
  })

  test('is given back once, and nothing that stands elsewhere', async () => {
    const room = enter()
    await settle()
    await goOffline()
    passage(room.doc).insert(0, 'Pryč. ')
    passage(room.doc, 1).insert(0, 'Zůstane. ')
    body(server.doc).delete(0, 1)
    await settle(1000)
    await goOffline()
    await settle(1000)
    expect(memory.lost.map(({ text }) => text)).toEqual(['Pryč. '])
    expect(body(server.doc).toString()).toContain('Zůstane. Účinnost.')
  })

  test('is given back while it is on its way', async () => {
    const [one, other] = [enter(), enter()]
    await settle()
    server.prompt = false
    passage(one.doc).insert(0, 'Na cestě. ')
    body(other.doc).delete(0, 1)
    await settle()
    server.flush()
    await settle()
    expect(memory.lost.map(({ text }) => text)).toEqual(['Na cestě. '])
  })

  test('is given back to the next visit, also when the server has forgotten the passage', async () => {
    const earlier = enter()
    await settle()
    await goOffline()
    passage(earlier.doc).insert(8, ' Psáno a zavřeno.')
    earlier.close()
    await settle()
    body(server.doc).delete(0, 1)
    const compacted = new Y.Doc()
    Y.applyUpdate(compacted, Y.encodeStateAsUpdate(server.doc))
    Object.assign(server, { doc: compacted })
    const room = enter()
    await settle()
    expect(memory.lost).toMatchObject([{ code: 'deleted', text: ' Psáno a zavřeno.' }])
    expect(room.save.light).toBe('saved')
    expect(memory.rows.size).toBe(0)
  })

  test('of an earlier visit is sent by the next one, whatever was deleted in the document before', async () => {
    const earlier = enter()
    await settle()
    passage(earlier.doc).insert(0, 'Překlep ')
    passage(earlier.doc).delete(0, 8)
    await settle()
    await goOffline()
    passage(earlier.doc).insert(0, 'Psáno a zavřeno. ')
    earlier.close()
    await settle()
    const room = enter()
    await settle()
    expect(body(server.doc).toString()).toContain('Psáno a zavřeno. Předmět.')
    expect(room.save.light).toBe('saved')
    expect([memory.rows.size, memory.lost]).toEqual([0, []])
  })

  test('of an earlier visit keeps the light from green until it was looked for', async () => {
    const earlier = enter()
    await settle()
    await goOffline()
    passage(earlier.doc).insert(0, 'Psáno a zavřeno. ')
    earlier.close()
    await settle()
    let found: () => void = () => undefined
    const look = memory.adopt
    memory.adopt = (owner) => new Promise<void>((resolve) => (found = resolve)).then(() => look(owner))
    const room = enter()
    await settle(3000)
    expect(room.save.light).toBe('saving')
    found()
    await settle()
    expect(room.save.light).toBe('saved')
    expect(body(server.doc).toString()).toContain('Psáno a zavřeno. Předmět.')
  })

  test('is no loss when it was on disk before, or when its author deleted it', async () => {
    const room = enter()
    await settle()
    passage(room.doc).insert(0, 'Na disku. ')
    await settle()
    await goOffline()
    passage(room.doc, 1).insert(0, 'Omyl')
    passage(room.doc, 1).delete(0, 4)
    body(server.doc).delete(0, 2)
    await settle(1000)
    expect(memory.lost).toEqual([])
    expect(room.save.light).toBe('saved')
  })

  test('is given back although it was on disk, when who deleted the passage had not got it yet', async () => {
    const room = enter()
    await settle()
    const away = new Y.Doc()
    Y.applyUpdate(away, Y.encodeStateAsUpdate(server.doc))
    passage(room.doc).insert(8, ' Psánox ')
    await settle()
    passage(room.doc).delete(14, 1)
    passage(room.doc).insert(15, 've vlaku.')
    passage(room.doc, 1).insert(0, 'Zůstane. ')
    await settle()
    expect(room.save.light).toBe('saved')
    body(away).delete(0, 1)
    server.tell(Y.encodeStateAsUpdate(away))
    await settle()
    expect(memory.lost).toMatchObject([{ code: 'deleted', text: ' Psáno ve vlaku.' }])
    expect(body(room.doc).toString()).toContain('Zůstane. Účinnost.')
  })

  test('is no loss when who deleted the passage had got the words', async () => {
    const [one, other] = [enter(), enter()]
    await settle()
    passage(one.doc).insert(0, 'Viděno. ')
    await settle()
    body(other.doc).delete(0, 1)
    await settle()
    expect(body(one.doc).length).toBe(1)
    expect(memory.lost).toEqual([])
  })

  test('is given back in one piece, whether its parts were on disk or on their way', async () => {
    const room = enter()
    await settle()
    const away = new Y.Doc()
    Y.applyUpdate(away, Y.encodeStateAsUpdate(server.doc))
    body(away).delete(0, 1)
    passage(room.doc).insert(0, 'Na disku ')
    await settle()
    server.prompt = false
    passage(room.doc).insert(9, 'a na cestě. ')
    server.tell(Y.encodeStateAsUpdate(away))
    await settle()
    expect(memory.lost.map(({ text }) => text)).toEqual(['Na disku a na cestě. '])
  })
})
