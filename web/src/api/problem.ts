/** What can go wrong with a call, as errors with a stable code and a sentence for people. */
export interface FieldProblem {
  readonly path: string
  readonly message: string
}

interface ProblemBody {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly fields?: readonly FieldProblem[]
}

/** The server answered with `application/problem+json`; `detail` is in the person's language. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly fields: readonly FieldProblem[]
  /** Seconds until another try makes sense (429, 503). */
  readonly retryAfter: number | undefined

  constructor(body: ProblemBody, retryAfter?: number) {
    super(body.detail || body.title)
    this.name = 'Problem'
    this.status = body.status
    this.code = body.code
    this.title = body.title
    this.detail = body.detail
    this.fields = body.fields ?? []
    this.retryAfter = retryAfter
  }

  /** The message at a field of a form, if the server named it. */
  field(path: string): string | undefined {
    return this.fields.find((field) => field.path === path)?.message
  }
}

/** The server could not be reached; nothing is known to have happened. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super('unreachable', { cause })
    this.name = 'Unreachable'
  }
}

/** Reads the problem out of an answer that is not ok; a proxy's HTML page becomes a problem too. */
export async function problemOf(response: Response): Promise<Problem> {
  const retryAfter = seconds(response.headers.get('retry-after'))
  const given = await bodyOf(response)
  return new Problem(
    {
      status: response.status,
      code: text(given['code']) ?? `http_${response.status}`,
      title: text(given['title']) ?? response.statusText,
      detail: text(given['detail']) ?? '',
      fields: fieldsOf(given['fields']),
    },
    retryAfter,
  )
}

async function bodyOf(response: Response): Promise<Record<string, unknown>> {
  if (!response.headers.get('content-type')?.includes('json')) return {}
  try {
    return (await response.json()) as Record<string, unknown>
  } catch {
    return {} // cut off on the way
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function seconds(header: string | null): number | undefined {
  const value = Number(header)
  return header && Number.isFinite(value) ? value : undefined
}

function fieldsOf(value: unknown): FieldProblem[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((entry: { path?: unknown; message?: unknown }) =>
    typeof entry?.path === 'string' && typeof entry.message === 'string' ? [{ path: entry.path, message: entry.message }] : [],
  )
}
