import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { pastOf } from './past'
import { Memory, PretendServer } from './pretend'
import { Room } from './room'
import { troubleOf } from './state'

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

async function settle(ms = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms)
}

const text = (doc: Y.Doc): string => doc.getText('body').toString()
const write = (room: Room, words: string): void => room.doc.getText('body').insert(0, words)

beforeEach(() => {
  vi.useFakeTimers()
  server = new PretendServer()
  memory = new Memory()
  rooms = []
})

afterEach(() => {
  for (const room of rooms) room.close()
  vi.useRealTimers()
})

describe('a room', () => {
  test('says saved only when everything sent is on disk', async () => {
    const room = enter()
    expect(room.save.light).toBe('opening')
    await settle()
    expect(room.save.light).toBe('saved')
    server.prompt = false
    write(room, 'ahoj')
    await settle()
    expect(room.save.light).toBe('saving')
    expect(text(server.doc)).toBe('ahoj')
    server.flush()
    await settle()
    expect(room.save.light).toBe('saved')
  })

  test('counts a deletion, which moves no state vector', async () => {
    const room = enter()
    await settle()
    write(room, 'ahoj')
    await settle()
    server.prompt = false
    room.doc.getText('body').delete(0, 2)
    await settle()
    expect(room.save.light).toBe('saving')
    server.flush()
    await settle()
    expect(room.save.light).toBe('saved')
  })

  test('keeps what was written offline and brings it when the line is back', async () => {
    const room = enter()
    await settle()
    server.hangUp(1006)
    await settle()
    write(room, 'napsáno bez sítě')
    expect(room.save).toEqual({ light: 'unsaved', reason: 'offline', waiting: true, kept: false })
    await settle()
    expect(room.save).toEqual({ light: 'unsaved', reason: 'offline', waiting: true, kept: true })
    expect(memory.rows.size).toBe(1)
    await settle(1000)
    expect(text(server.doc)).toBe('napsáno bez sítě')
    expect(room.save.light).toBe('saved')
    expect(memory.rows.size).toBe(0)
  })

  test('brings what an earlier visit left behind', async () => {
    const earlier = enter()
    await settle()
    server.hangUp(1006)
    await settle()
    write(earlier, 'z minula')
    earlier.close()
    await settle()
    const room = enter()
    await settle()
    expect(text(server.doc)).toBe('z minula')
    expect(text(room.doc)).toBe('z minula')
    expect(memory.rows.size).toBe(0)
  })

  test('puts every edit into the store while it travels', async () => {
    const room = enter()
    await settle()
    server.prompt = false
    write(room, 'na cestě')
    expect(memory.rows.size).toBe(1)
    server.flush()
    await settle()
    expect(room.save.light).toBe('saved')
    expect(memory.rows.size).toBe(0)
  })

  test('says when the store does not take the text, and offers it again', async () => {
    const room = enter()
    await settle()
    server.hangUp(1006)
    await settle()
    memory.full = true
    write(room, 'jen na stránce')
    await settle()
    expect(room.save).toMatchObject({ waiting: true, kept: false })
    memory.full = false
    dispatchEvent(new Event('pagehide'))
    await settle()
    expect(room.save).toMatchObject({ waiting: true, kept: true })
    expect(memory.rows.size).toBe(1)
  })

  test('brings what was left behind as one frame, and drops it when that is on disk', async () => {
    const earlier = enter()
    await settle()
    server.hangUp(1006)
    await settle()
    for (const letter of 'psáno') write(earlier, letter)
    earlier.close()
    await settle()
    expect(memory.rows.size).toBe(5)
    server.prompt = false
    const frames = server.taken
    const room = enter()
    await settle()
    expect(server.taken - frames).toBe(2) // the greeting and the text
    expect(room.save.light).toBe('saving')
    expect(memory.rows.size).toBe(5)
    server.flush()
    await settle()
    expect(room.save.light).toBe('saved')
    expect(memory.rows.size).toBe(0)
  })

  test('gives left text back as words when its author may no longer write', async () => {
    const earlier = enter()
    await settle()
    server.hangUp(1006)
    await settle()
    write(earlier, 'před odebráním')
    earlier.close()
    await settle()
    server.role = 'reader'
    const room = enter()
    await settle()
    expect(memory.lost).toMatchObject([{ code: 'role', text: 'před odebráním' }])
    expect(text(room.doc)).toBe('')
    expect(memory.rows.size).toBe(0)
  })

  test('loses nothing when it is left while it reads what was left behind', async () => {
    const earlier = enter()
    await settle()
    server.hangUp(1006)
    await settle()
    write(earlier, 'z minula')
    earlier.close()
    await settle()
    const hurried = enter()
    const adopt = memory.adopt
    memory.adopt = async (owner) => (hurried.close(), adopt(owner))
    await settle()
    expect(memory.rows.size).toBe(1)
  })

  test('gives the words of a refused edit back and starts afresh from the server', async () => {
    const room = enter()
    await settle()
    const first = room.doc
    server.judge = () => ({ code: 'bad_schema', detail: 'Neznámý prvek.' })
    write(room, 'odmítnuto')
    await settle()
    server.judge = () => null
    await settle(1000)
    expect(memory.lost).toMatchObject([{ code: 'bad_schema', text: 'odmítnuto' }])
    expect(room.doc).not.toBe(first)
    expect(text(room.doc)).toBe('')
    expect(room.save.light).toBe('saved')
  })

  test('keeps what storage could not take, says so, and brings it as soon as the server asks', async () => {
    const room = enter()
    await settle()
    server.judge = () => ({ code: 'not_saved', detail: '' })
    write(room, 'vydrží ')
    await settle()
    write(room, 'všechno ')
    await settle()
    expect(room.save).toEqual({ light: 'unsaved', reason: 'storage', waiting: true, kept: true })
    expect(room.paused).toBe(false)
    expect(server.sockets.size).toBe(1)
    server.judge = () => null
    server.askAll()
    await settle()
    expect(text(server.doc)).toBe('všechno vydrží ')
    expect(room.save.light).toBe('saved')
    expect(memory.lost).toEqual([])
  })

  test('keeps an edit of a damaged draft and leaves: coming back cannot help', async () => {
    const room = enter()
    await settle()
    server.judge = () => ({ code: 'not_saved', detail: 'damaged: entry 7' })
    write(room, 'čeká')
    await settle(60_000)
    expect(room.save).toMatchObject({ light: 'unsaved', reason: 'damaged', waiting: true })
    expect(server.sockets.size).toBe(0)
    expect(memory.rows.size).toBe(1)
    expect(memory.lost).toEqual([])
  })

  test('pauses writing when too much waits for storage, and goes on when it is back', async () => {
    const room = enter()
    await settle()
    server.judge = () => ({ code: 'not_saved', detail: '' })
    for (let n = 0; n < 3; n += 1) write(room, 'slovo '.repeat(10_000))
    await settle()
    expect(room.paused).toBe(true)
    server.judge = () => null
    server.askAll()
    await settle()
    expect(room.paused).toBe(false)
    expect(text(server.doc)).toHaveLength(180_000)
  })

  test('begins with what was kept of an earlier visit, unless a backup was restored', async () => {
    const earlier = enter()
    await settle()
    write(earlier, 'z minula')
    await settle()
    const past = (epoch: number) => pastOf(earlier.doc, { undo: [], redo: [] }, 'p/d', epoch)
    const same = enter()
    same.past = past(1)
    const strange = enter()
    strange.past = past(7)
    await settle()
    expect(text(same.doc)).toBe('z minula')
    expect(same.past).not.toBeNull()
    expect(strange.past).toBeNull()
    expect(text(strange.doc)).toBe('z minula')
  })

  test('keeps an edit when there is too much to do, comes back and brings it again', async () => {
    const room = enter()
    await settle()
    let failures = 2
    server.judge = () => (failures-- > 0 ? { code: 'slow_down', detail: '' } : null)
    write(room, 'vytrvá')
    await settle()
    expect(room.save).toEqual({ light: 'unsaved', reason: 'slow_down', waiting: true, kept: true })
    await settle(3000)
    expect(text(server.doc)).toBe('vytrvá')
    expect(room.save.light).toBe('saved')
    expect(memory.lost).toEqual([])
  })

  test('says why nothing can be saved, also where no single edit is named', async () => {
    const room = enter()
    await settle()
    server.judge = () => ({ code: 'not_saved', detail: 'disk_full' })
    write(room, 'plno')
    await settle()
    expect(room.save).toEqual({ light: 'unsaved', reason: 'disk_full', waiting: true, kept: true })
    server.judge = () => null
    server.askAll()
    await settle()
    expect(room.save.light).toBe('saved')
    const told = [troubleOf(1012, 'storage_broken'), troubleOf(1012, 'draft_damaged'), troubleOf(1012, 'restarting'), troubleOf(4401)]
    expect(told).toEqual(['storage_broken', 'damaged', null, 'not_signed_in'])
  })

  test('leaves its copy when a backup was restored and offers the unsaved words', async () => {
    const room = enter()
    await settle()
    write(room, 'uložené ')
    await settle()
    server.hangUp(1006)
    await settle()
    write(room, 'neuložené ')
    server.epoch = 2
    await settle(1000)
    expect(memory.lost).toMatchObject([{ code: 'epoch', text: 'neuložené ' }])
    expect(text(room.doc)).toBe('uložené ')
    expect(memory.rows.size).toBe(0)
  })

  test('sends nothing of a reader', async () => {
    server.role = 'reader'
    const room = enter()
    await settle()
    write(room, 'nesmí')
    await settle()
    expect(text(server.doc)).toBe('')
    expect(memory.rows.size).toBe(0)
    expect(room.mayWrite).toBe(false)
  })

  test('does not come back where it may not be', async () => {
    const room = enter()
    await settle()
    server.hangUp(4403)
    await settle(60_000)
    expect(room.save).toMatchObject({ light: 'unsaved', reason: 'not_allowed' })
    expect(server.sockets.size).toBe(0)
  })

  test('lets two write at once', async () => {
    const [one, two] = [enter(), enter()]
    await settle()
    write(one, 'jedna ')
    write(two, 'dvě ')
    await settle()
    expect(text(one.doc)).toBe(text(two.doc))
    expect(text(server.doc)).toContain('jedna')
    expect(text(server.doc)).toContain('dvě')
  })

  test('hangs up when no answer comes and tries again', async () => {
    const room = enter()
    await settle()
    server.prompt = false
    write(room, 'ticho')
    await settle(15_001)
    expect(room.save).toMatchObject({ light: 'unsaved', reason: 'offline' })
    server.prompt = true
    await settle(1000)
    expect(room.save.light).toBe('saved')
  })

  test('notices that its line has died while it only reads, says so and reads on over another', async () => {
    const room = enter()
    await settle()
    server.dieSilently()
    server.doc.getText('body').insert(0, 'mezitím')
    await settle(35_000)
    expect(room.save).toEqual({ light: 'unsaved', reason: 'offline', waiting: false, kept: true })
    server.unreachable = false
    await settle(60_000)
    expect(text(room.doc)).toBe('mezitím')
    expect(room.save.light).toBe('saved')
  })

  test('notices under steady typing that its line has died, and loses nothing of what was typed', async () => {
    const room = enter()
    await settle()
    server.dieSilently()
    server.unreachable = false
    for (let second = 0; second < 20; second += 1) {
      write(room, 'a')
      await settle(1000)
    }
    expect(room.save.light).toBe('saved')
    expect(text(server.doc)).toBe('a'.repeat(20))
    expect(memory.rows.size).toBe(0)
  })
})
