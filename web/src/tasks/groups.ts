/** Tasks by when they are due, and signatures of one time folded into one line. */
import type { Task } from '../api/types'
import { dayOf, weekday } from '../dates/days'

export type When = 'overdue' | 'today' | 'week' | 'later' | 'open'
const ORDER: readonly When[] = ['overdue', 'today', 'week', 'later', 'open']

export interface TaskGroup {
  readonly when: When
  readonly tasks: readonly Task[]
}

export function whenOf(task: Task, now: Date): When {
  if (!task.until) return 'open'
  const due = new Date(task.until)
  if (due < now) return 'overdue'
  const today = dayOf(now)
  const day = dayOf(due)
  if (day === today) return 'today'
  return day <= today + 7 - weekday(today) ? 'week' : 'later'
}

/** The groups that have something, the most urgent first; the order within them is the server's. */
export function grouped(tasks: readonly Task[], now: Date): TaskGroup[] {
  return ORDER.map((when) => ({ when, tasks: folded(tasks.filter((task) => whenOf(task, now) === when)) })).filter((group) => group.tasks.length > 0)
}

function folded(tasks: readonly Task[]): Task[] {
  const signatures = tasks.filter((task) => task.kind === 'sign')
  const first = signatures[0]
  if (!first || signatures.length < 2) return [...tasks]
  const count = signatures.reduce((sum, task) => sum + task.count, 0)
  const one: Task = { ...first, document: { ...first.document, title: titles(signatures) }, count, request: null, version: null }
  return tasks.filter((task) => task.kind !== 'sign' || task === first).map((task) => (task === first ? one : task))
}

/** The title if all have it, else the first ones. */
function titles(tasks: readonly Task[]): string {
  const different = [...new Set(tasks.map((task) => task.document.title))]
  return different.length <= 2 ? different.join(', ') : `${different.slice(0, 2).join(', ')} …`
}

/** Where a task is done. */
export function addressOf(task: Task): string {
  const document = `/documents/${task.document.id}`
  const settlement = `/rounds/${task.round ?? ''}/settlement`
  switch (task.kind) {
    case 'comment':
    case 'opinion':
      return `${document}?mode=review`
    case 'settle':
    case 'propose_settlement':
    case 'confirm_settlement':
    case 'answer':
      return settlement
    case 'negotiate':
    case 'decide_dispute':
      return `${settlement}?view=disputes`
    case 'sign':
      return task.request ? `/signing?request=${task.request}` : '/signing'
    default:
      return document
  }
}

/** The same with the obvious act begun at once, where there is one. */
export function actOf(task: Task): string {
  const document = `/documents/${task.document.id}`
  switch (task.kind) {
    case 'open_round':
      return `${document}?do=round_open`
    case 'opinion':
      return `${document}?mode=review&do=opinion`
    case 'finalise':
      return `${document}?do=finalize`
    default:
      return addressOf(task)
  }
}
