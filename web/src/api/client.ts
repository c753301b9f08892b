/**
 * Calls to `/api/v1`. Paths are given without the prefix: `get<Page<Document>>('/documents', { query: { state } })`.
 *
 * Refusals are thrown as `Problem`, a lost connection as `Unreachable`; everything else is the answer.
 */
import { locale } from '../i18n/locale.svelte'
import { problemOf, Problem, Unreachable } from './problem'
import type { Page } from './types'

type Query = Readonly<Record<string, string | number | boolean | undefined>>

export interface CallOptions {
  readonly query?: Query
  /** The `rev` of the resource that is changed or deleted; becomes `If-Match`. */
  readonly rev?: string | number
  /** The same key and body give the same answer, so a lost answer can be asked for again. */
  readonly idempotencyKey?: string
  readonly signal?: AbortSignal
}

const PREFIX = '/api/v1'
let whenSignedOut: (acting: boolean) => void = () => undefined

/** Called once by the session store: what to do when the server no longer knows who we are; `acting`: it was told to do something. */
export function onSignedOut(react: (acting: boolean) => void): void {
  whenSignedOut = react
}

export async function get<T>(path: string, options: CallOptions = {}): Promise<T> {
  return read<T>(await call('GET', path, undefined, options))
}

/** POST with a JSON body; a creation that fails on the way is tried once more with the same idempotency key. */
export async function post<T>(path: string, body?: unknown, options: CallOptions = {}): Promise<T> {
  const keyed = { ...options, idempotencyKey: options.idempotencyKey ?? newKey() }
  try {
    return await read<T>(await call('POST', path, body, keyed))
  } catch (error) {
    if (!(error instanceof Unreachable) || keyed.signal?.aborted) throw error
    return read<T>(await call('POST', path, body, keyed))
  }
}

export async function put<T>(path: string, body: unknown, options: CallOptions = {}): Promise<T> {
  return read<T>(await call('PUT', path, body, options))
}

export async function patch<T>(path: string, body: unknown, options: CallOptions = {}): Promise<T> {
  return read<T>(await call('PATCH', path, body, options))
}

export async function remove(path: string, options: CallOptions = {}): Promise<void> {
  await call('DELETE', path, undefined, options)
}

/** Sends one file with further form fields, as imports, verifications and credentials want it. */
export async function upload<T>(path: string, file: File, fields: Readonly<Record<string, string>> = {}, options: CallOptions = {}): Promise<T> {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  form.set('file', file)
  return read<T>(await call('POST', path, form, options))
}

/** The bytes of a file. */
export async function bytes(path: string, options: CallOptions = {}): Promise<Uint8Array> {
  const response = await call('GET', path, undefined, options)
  return new Uint8Array(await response.arrayBuffer())
}

/** Every item of a paged list, page by page; stops at `most` so that no screen drowns. */
export async function all<T>(path: string, query: Query = {}, most = 2000): Promise<T[]> {
  const items: T[] = []
  let after: string | undefined
  do {
    const page: Page<T> = await get<Page<T>>(path, { query: { ...query, limit: Math.min(200, most), after } })
    items.push(...page.items)
    after = page.next ?? undefined
  } while (after && items.length < most)
  return items
}

/** The whole address of an API path, for links and images. */
export function address(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return PREFIX + path + (search ? `?${search}` : '')
}

export function newKey(): string {
  return crypto.randomUUID()
}

async function call(method: string, path: string, body: unknown, options: CallOptions): Promise<Response> {
  const response = await sent(method, path, body, options)
  if (response.ok) return response
  const problem = await problemOf(response)
  if (problem.code === 'not_signed_in') whenSignedOut(method !== 'GET')
  throw problem
}

async function sent(method: string, path: string, body: unknown, options: CallOptions): Promise<Response> {
  const isForm = body instanceof FormData
  const headers = headersFor(body !== undefined && !isForm, options)
  const payload = body === undefined ? null : isForm ? body : JSON.stringify(body)
  try {
    return await fetch(address(path, options.query), {
      method,
      headers,
      body: payload,
      credentials: 'same-origin',
      signal: options.signal ?? null,
    })
  } catch (error) {
    if (options.signal?.aborted) throw error
    throw new Unreachable(error)
  }
}

function headersFor(json: boolean, options: CallOptions): Headers {
  const headers = new Headers({ accept: 'application/json', 'accept-language': locale() })
  if (json) headers.set('content-type', 'application/json')
  if (options.rev !== undefined) headers.set('if-match', `"${options.rev}"`)
  if (options.idempotencyKey) headers.set('idempotency-key', options.idempotencyKey)
  return headers
}

async function read<T>(response: Response): Promise<T> {
  if (response.status === 204 || response.headers.get('content-length') === '0') return undefined as T
  const type = response.headers.get('content-type') ?? ''
  if (type.includes('json')) return (await response.json()) as T
  return (await response.text()) as T
}

export { Problem, Unreachable }
