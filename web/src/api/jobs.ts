/** Long work: asked for until it ends, sooner when `/live` tells of progress. */
import { onFact } from '../live/live.svelte'
import { get, Problem } from './client'
import type { Job } from './types'

const BETWEEN = 700
const LONGEST = 4000

/** Follows a job to its end; `progress` is called with every state seen. A failed job is thrown as a `Problem`. */
export async function followJob<R = unknown, O = unknown>(
  id: string,
  progress: (job: Job<R, O>) => void = () => undefined,
  signal?: AbortSignal,
): Promise<Job<R, O>> {
  const bell = doorbell(id)
  let pause = BETWEEN
  try {
    for (;;) {
      const job = await get<Job<R, O>>(`/jobs/${id}`, signal ? { signal } : {})
      progress(job)
      if (job.state === 'done' || job.state === 'cancelled') return job
      if (job.state === 'failed') throw failure(job)
      await bell.rung(pause)
      pause = Math.min(pause * 1.3, LONGEST)
      signal?.throwIfAborted()
    }
  } finally {
    bell.remove()
  }
}

function failure(job: Job): Problem {
  const { code = 'job_failed', title = '', detail = '' } = job.problem ?? {}
  return new Problem({ status: 500, code, title, detail: detail || title })
}

function doorbell(id: string): { rung: (most: number) => Promise<void>; remove: () => void } {
  let wake: () => void = () => undefined
  let rang = false
  const remove = onFact('job.', (fact) => {
    if (fact.data['job'] !== id && fact.data['id'] !== id) return
    rang = true
    wake()
  })
  const rung = (most: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(done, rang ? 100 : most) // many facts in one go are one question
      rang = false
      wake = () => undefined
      function done(): void {
        clearTimeout(timer)
        resolve()
      }
      wake = () => setTimeout(done, 100)
    })
  return { rung, remove }
}
