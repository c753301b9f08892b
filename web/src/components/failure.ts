/** An error as two sentences for people. */
import { Problem, Unreachable } from '../api/problem'
import { t } from '../messages/components'

export interface Described {
  readonly title: string
  readonly detail: string
}

export function describe(error: unknown): Described {
  if (error instanceof Unreachable) return { title: t('unreachable'), detail: t('unreachableDetail') }
  if (error instanceof Problem) return described(error)
  return { title: t('unexpected'), detail: t('unexpectedDetail') }
}

/** There is no such thing, or not for this person; the server does not say which. */
export function isMissing(error: unknown): boolean {
  return error instanceof Problem && error.status === 404
}

/** The one sentence for a toast. */
export function sentence(error: unknown): string {
  const { title, detail } = describe(error)
  return isMissing(error) ? title : detail || title
}

function described(problem: Problem): Described {
  if (problem.code === 'changed_meanwhile') return { title: t('changedMeanwhile'), detail: t('changedMeanwhileDetail') }
  if (problem.status === 429) return { title: t('slowDown'), detail: t('slowDownDetail', { seconds: problem.retryAfter ?? 10 }) }
  if (problem.status === 404) return { title: t('notFound'), detail: t('notFoundDetail') }
  if (problem.status === 403) return { title: t('forbidden'), detail: problem.detail }
  if (problem.status >= 500) return { title: t('serverFailed'), detail: problem.detail || t('unexpectedDetail') }
  return { title: problem.detail || problem.title, detail: problem.fields.map((field) => field.message).join(' ') }
}
