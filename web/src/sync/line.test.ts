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
  expect([lost, line.there]).toEqual([[1006], false])
})

test('what is asked later gives an answer that is owed no more time, only an answer does', async () => {
  await open()
  const askOften = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second += 1) {
      line.expectAnswer()
      await vi.advanceTimersByTimeAsync(1000)
    }
  }
  await askOften(14)
  line.answered()
  await askOften(14)
  expect(lost).toEqual([])
  await askOften(1)
  expect(lost).toEqual([1006])
})

test('a line without a word is left after half a minute, one on which the server speaks never', async () => {
  await open()
  await vi.advanceTimersByTimeAsync(600_000)
  expect(lost).toEqual([])
  server.dieSilently()
  await vi.advanceTimersByTimeAsync(15_000)
  expect(lost).toEqual([])
  await vi.advanceTimersByTimeAsync(20_000)
  expect([lost, line.there]).toEqual([[1006], false])
  await vi.advanceTimersByTimeAsync(60_000)
  expect(lost).toEqual([1006])
})

test('a line that does not come about is given up too, however patient an earlier one has made', async () => {
  await open()
  server.dieSilently()
  await vi.advanceTimersByTimeAsync(35_000)
  for (const tries of [2, 3, 4]) {
    line.open()
    await vi.advanceTimersByTimeAsync(35_000)
    expect(lost).toHaveLength(tries)
  }
})

test('a page that slept leaves a dead line soon after it wakes', async () => {
  await open()
  server.dieSilently()
  vi.setSystemTime(Date.now() + 3_600_000)
  await vi.advanceTimersByTimeAsync(7000)
  expect(lost).toEqual([1006])
})

test('a page that slept keeps the line on which something came meanwhile, though its timers ring first', async () => {
  await open()
  vi.setSystemTime(Date.now() + 3_600_000)
  await vi.advanceTimersByTimeAsync(5500)
  server.flush()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(lost).toEqual([])
})

test('a clock that is set back hides no silence', async () => {
  await open()
  server.dieSilently()
  vi.setSystemTime(Date.now() - 3_600_000)
  await vi.advanceTimersByTimeAsync(35_000)
  expect(lost).toEqual([1006])
})

test('a text that does not get over a slow line in time has twice as long on the next, until one succeeds', async () => {
  const waits: number[] = []
  const wait = async (): Promise<void> => {
    await open()
    const [began, before] = [Date.now(), lost.length]
    line.expectAnswer()
    while (lost.length === before) await vi.advanceTimersByTimeAsync(1000)
    waits.push((Date.now() - began) / 1000)
  }
  for (let n = 0; n < 5; n += 1) await wait()
  line.recovered()
  await wait()
  expect(waits).toEqual([15, 30, 60, 120, 120, 15])
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
