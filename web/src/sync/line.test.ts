import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Line } from './line'
import { PretendServer } from './pretend'

let server: PretendServer
let line: Line
let lost: number[]
let returns: number

beforeEach(() => {
  vi.useFakeTimers()
  server = new PretendServer()
  lost = []
  returns = 0
  line = new Line({
    url: 'ws://here/sync/d',
    connect: server.connect,
    silent: () => undefined,
    receive: () => undefined,
    lost: (code) => lost.push(code),
    again: () => (returns += 1),
  })
})
afterEach(() => {
  line.close()
  vi.useRealTimers()
})

async function open(): Promise<void> {
  line.open()
  await vi.advanceTimersByTimeAsync(0)
}

test('there is one socket at a time', async () => {
  expect([line.open(), line.open()]).toEqual([true, false])
  await vi.advanceTimersByTimeAsync(0)
  expect([server.sockets.size, line.connected]).toEqual([1, true])
})

test('a line that the browser knows to be dead is lost at once, and only once', async () => {
  await open()
  line.cut()
  expect([lost, line.there]).toEqual([[1006], false])
  await open()
  expect([lost, line.connected]).toEqual([[1006], true])
})

test('a server that does not answer is hung up on; one that answers is not', async () => {
  await open()
  line.expectAnswer()
  line.answered()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(lost).toEqual([])
  line.expectAnswer()
  await vi.advanceTimersByTimeAsync(15_000)
  expect(lost).toEqual([4000])
})

test('every try makes the pause longer until one succeeds', async () => {
  for (let n = 0; n < 8; n += 1) line.returnLater()
  await vi.advanceTimersByTimeAsync(9_000)
  expect(returns).toBe(0)
  line.recovered()
  line.returnLater()
  await vi.advanceTimersByTimeAsync(300)
  expect(returns).toBe(1)
})

test('what was to come does not come to a line that was closed', async () => {
  await open()
  line.expectAnswer()
  line.renewLater()
  line.returnLater()
  line.close()
  await vi.advanceTimersByTimeAsync(60_000)
  expect([lost, returns]).toEqual([[1000], 0])
})
