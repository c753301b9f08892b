import { afterEach, expect, test, vi } from 'vitest'
import type { Fact } from '../api/types'
import { live, onFact, onResync, reached, startLive, stopLive, subscribe, type Line } from './live.svelte'

/** The server's end of the line. */
class Server implements Line {
  readonly handlers = new Map<string, (given?: unknown) => void>()
  comingBack = 0
  readonly asked: { request: object; answer: (given: unknown) => void }[] = []

  on(event: string, hear: (given: never) => void): void {
    this.handlers.set(event, hear as (given?: unknown) => void)
  }
  emit(event: string, request: object, answered?: (answer: never) => void): void {
    if (event === 'subscribe') this.asked.push({ request, answer: answered as (given: unknown) => void })
  }
  connect(): void {
    this.comingBack += 1
  }
  disconnect(): void {
    this.handlers.clear()
  }
}

let server = new Server()
const stops: (() => void)[] = []

afterEach(() => {
  for (const stop of stops.splice(0)) stop()
  stopLive()
  server = new Server()
})

async function connected(): Promise<void> {
  await startLive(() => Promise.resolve(server))
  server.handlers.get('connect')?.()
}
function tell(fact: Partial<Fact>): void {
  server.handlers.get('fact')?.({ at: '2026-11-23T08:00:00Z', data: {}, ...fact })
}
function heard(prefix: string): number[] {
  const numbers: number[] = []
  stops.push(onFact(prefix, (fact) => numbers.push(fact.seq)))
  return numbers
}

test('after a lost connection what was missed is asked for from the last fact', async () => {
  stops.push(subscribe('d1'))
  await connected()
  expect(server.asked[0]?.request).toEqual({ document: 'd1' })
  server.asked[0]?.answer({ seq: 1000, missed: [] })
  tell({ seq: 1001, type: 'thread.opened', document: 'd1' })
  const numbers = heard('thread.')
  server.handlers.get('connect')?.()
  expect(server.asked[1]?.request).toEqual({ document: 'd1', since: 1001 })
  server.asked[1]?.answer({ seq: 1003, missed: [{ seq: 1002, at: '', type: 'thread.replied', document: 'd1', data: {} }] })
  expect(numbers).toEqual([1002])
})

test('a fact that comes by two subscriptions is announced once', async () => {
  stops.push(subscribe(), subscribe('d1'))
  await connected()
  const numbers = heard('')
  tell({ seq: 2001, type: 'round.opened', document: 'd1' })
  tell({ seq: 2001, type: 'round.opened', document: 'd1' })
  expect(numbers).toEqual([2001])
})

test('the progress of a job is announced every time', async () => {
  stops.push(subscribe())
  await connected()
  const numbers = heard('job.')
  tell({ seq: 0, type: 'job.progress' })
  tell({ seq: 0, type: 'job.progress' })
  expect(numbers).toEqual([0, 0])
})

test('when facts are lost for good every screen loads anew and the subscription begins again', async () => {
  const reload = vi.fn()
  stops.push(subscribe('d1'), onResync(reload))
  await connected()
  server.asked[0]?.answer({ resync: true })
  expect(reload).toHaveBeenCalledOnce()
  expect(server.asked[1]?.request).toEqual({ document: 'd1' })
})

test('listeners hear only what they asked for', async () => {
  stops.push(subscribe())
  await connected()
  const numbers = heard('signing.')
  tell({ seq: 3001, type: 'round.opened' })
  tell({ seq: 3002, type: 'signing.signed' })
  expect(numbers).toEqual([3002])
})

test('a line that is cut comes back at once when the server was heard on another way', async () => {
  await connected()
  reached()
  expect(server.comingBack).toBe(0)
  server.handlers.get('disconnect')?.('transport close')
  const before = live.heard
  reached()
  expect(server.comingBack).toBe(1)
  expect(live.heard).toBe(before + 1)
})
