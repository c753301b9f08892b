import { expect, test } from 'vitest'
import type { Task } from '../api/types'
import { actOf, addressOf, grouped, whenOf } from './groups'

const monday = new Date('2026-11-23T09:00:00+01:00')
let last = 0

function task(given: Partial<Task>): Task {
  last += 1
  return { id: String(last), kind: 'comment', document: { id: 'd1', title: 'Zásady' }, since: '2026-11-20T08:00:00Z', count: 1, ...given }
}

test.each([
  ['2026-11-23T08:59:00+01:00', 'overdue'],
  ['2026-11-23T16:00:00+01:00', 'today'],
  ['2026-11-29T23:00:00+01:00', 'week'],
  ['2026-11-30T00:30:00+01:00', 'later'],
])('a task due %s is %s', (until, when) => {
  expect(whenOf(task({ until }), monday)).toBe(when)
})

test('the most urgent group comes first, tasks without a deadline last', () => {
  const groups = grouped([task({}), task({ until: '2026-12-24T12:00:00Z' }), task({ until: '2026-11-20T12:00:00Z' })], monday)
  expect(groups.map((group) => group.when)).toEqual(['overdue', 'later', 'open'])
})

test('signatures of one time are one line at the place of the first', () => {
  const until = '2026-11-23T16:00:00+01:00'
  const tasks = [task({ kind: 'sign', until, request: 'r1', document: { id: 'a', title: 'Smlouva 1' } }), task({ until }), task({ kind: 'sign', until, request: 'r2', count: 2, document: { id: 'b', title: 'Smlouva 2' } })]
  const [group] = grouped(tasks, monday)
  expect(group?.tasks.map((one) => [one.kind, one.count])).toEqual([['sign', 3], ['comment', 1]])
  expect(group?.tasks[0]?.document.title).toBe('Smlouva 1, Smlouva 2')
  expect(addressOf(group?.tasks[0] ?? task({}))).toBe('/signing')
})

test('the act of a task is begun at once', () => {
  expect(actOf(task({ kind: 'opinion', round: 'r' }))).toBe('/documents/d1?mode=review&do=opinion')
  expect(actOf(task({ kind: 'finalise' }))).toBe('/documents/d1?do=finalize')
  expect(actOf(task({ kind: 'sign', request: 'q' }))).toBe('/signing?request=q')
})

test('a task leads to where it is done', () => {
  expect(addressOf(task({ kind: 'opinion', round: 'r' }))).toBe('/documents/d1?mode=review')
  expect(addressOf(task({ kind: 'settle', round: 'r' }))).toBe('/rounds/r/settlement')
  expect(addressOf(task({ kind: 'negotiate', round: 'r' }))).toBe('/rounds/r/settlement?view=disputes')
  expect(addressOf(task({ kind: 'sign', request: 'q' }))).toBe('/signing?request=q')
})
