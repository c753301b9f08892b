/** How much waits for the person: numbers at the navigation, kept fresh by live facts. */
import { get } from '../api/client'
import type { Page } from '../api/types'
import { onFact, onResync } from '../live/live.svelte'

const TOGETHER = 400 // many facts in one go are one question
const REFRESHING = ['task.', 'signing.', 'job.progress'] as const

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
    get<Page<unknown> | unknown[]>('/tasks'),
    get<Page<unknown> | unknown[]>('/signing-desk'),
    get<{ unread: number }>('/notifications/unread'),
  ])
  if (waiting.status === 'fulfilled') tasks = lengthOf(waiting.value)
  if (desk.status === 'fulfilled') signatures = lengthOf(desk.value)
  if (unread.status === 'fulfilled') news = unread.value.unread
}

function lengthOf(answer: Page<unknown> | unknown[]): number {
  return Array.isArray(answer) ? answer.length : answer.items.length
}
