/** How much waits for the person: numbers at the navigation, kept fresh by live facts. */
import { get } from '../api/client'
import type { Page, Task } from '../api/types'
import { onFact, onResync } from '../live/live.svelte'
import { loadNews, unreadOf } from '../notifications/news'
import { grouped } from '../tasks/groups'

const TOGETHER = 400 // many facts in one go are one question
const REFRESHING = ['task.', 'signing.', 'round.', 'opinion.', 'settlement.', 'dispute.', 'thread.', 'version.'] as const

let tasks = $state(0)
let signatures = $state(0)
let news = $state(0)
let timer: ReturnType<typeof setTimeout> | undefined

export const counts = {
  get tasks(): number {
    return tasks
  },
  get signatures(): number {
    return signatures
  },
  get news(): number {
    return news
  },
}

/** Keeps counting until the answer is called. */
export function startCounting(): () => void {
  void count()
  const stops = [...REFRESHING.map((prefix) => onFact(prefix, countSoon)), onResync(countSoon)]
  return () => {
    clearTimeout(timer)
    for (const stop of stops) stop()
  }
}

export function countSoon(): void {
  clearTimeout(timer)
  timer = setTimeout(() => void count(), TOGETHER)
}

/** Numbers are a comfort: what cannot be counted now stays as it was. */
async function count(): Promise<void> {
  const [waiting, desk, unread] = await Promise.allSettled([
    get<Page<Task>>('/tasks'),
    get<unknown[]>('/signing-desk'),
    loadNews(50),
  ])
  if (waiting.status === 'fulfilled') tasks = linesOf(waiting.value.items)
  if (desk.status === 'fulfilled') signatures = desk.value.length
  if (unread.status === 'fulfilled') news = unreadOf(unread.value)
}

/** As many as the page of tasks has lines. */
function linesOf(found: readonly Task[]): number {
  return grouped(found, new Date()).reduce((sum, group) => sum + group.tasks.length, 0)
}
