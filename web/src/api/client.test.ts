import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { address, all, get, onSignedOut, patch, post, Problem, remove, Unreachable, upload } from './client'

const asked: Request[] = []
let answers: (Response | Error)[] = []

beforeEach(() => {
  asked.length = 0
  vi.stubGlobal('fetch', (input: string, init: RequestInit) => {
    asked.push(new Request(new URL(input, 'http://localhost'), init))
    const answer = answers.shift()
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
  onSignedOut(() => undefined)
})

function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })
}
function refusal(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/problem+json', ...headers } })
}

test('query values that are not given are left out', () => {
  expect(address('/documents', { q: 'zásady', state: undefined, mine: true, limit: 50 })).toBe('/api/v1/documents?q=z%C3%A1sady&mine=true&limit=50')
})

test('a change names the revision it was made on', async () => {
  answers = [json({})]
  await patch('/documents/1', { title: 'x' }, { rev: 7 })
  expect(asked[0]?.headers.get('if-match')).toBe('"7"')
})

test('every creation carries its own idempotency key', async () => {
  answers = [json({}), json({})]
  await post('/documents', {})
  await post('/documents', {})
  const keys = asked.map((request) => request.headers.get('idempotency-key'))
  expect(keys[0]).toBeTruthy()
  expect(keys[0]).not.toBe(keys[1])
})

test('a creation whose answer was lost is asked for again with the same key', async () => {
  answers = [new TypeError('network'), json({ id: '1' })]
  expect(await post('/documents', { title: 'x' })).toEqual({ id: '1' })
  expect(asked).toHaveLength(2)
  expect(asked[0]?.headers.get('idempotency-key')).toBe(asked[1]?.headers.get('idempotency-key'))
})

test('a refusal is thrown with its code, its sentence and its fields', async () => {
  answers = [refusal(422, { type: 'x', title: 'Nejde', status: 422, code: 'invalid', detail: 'Název chybí.', fields: [{ path: 'title', message: 'chybí' }] })]
  const problem = await get('/documents').catch((error: unknown) => error)
  expect(problem).toBeInstanceOf(Problem)
  expect(problem).toMatchObject({ status: 422, code: 'invalid', detail: 'Název chybí.' })
  expect((problem as Problem).field('title')).toBe('chybí')
})

test('too many tries say how long to wait', async () => {
  answers = [refusal(429, { code: 'slow_down', title: 'x', detail: 'y' }, { 'retry-after': '12' })]
  await expect(get('/session')).rejects.toMatchObject({ code: 'slow_down', retryAfter: 12 })
})

test('an answer that is no problem document becomes one', async () => {
  answers = [new Response('<h1>Bad gateway</h1>', { status: 502, headers: { 'content-type': 'text/html' } })]
  await expect(get('/tasks')).rejects.toMatchObject({ status: 502, code: 'http_502' })
})

test('a lost connection is told apart from a refusal', async () => {
  answers = [new TypeError('network')]
  await expect(get('/tasks')).rejects.toBeInstanceOf(Unreachable)
})

test('the end of the sign-in is told once to whoever listens', async () => {
  const told = vi.fn()
  onSignedOut(told)
  answers = [refusal(401, { code: 'not_signed_in', title: 'x', detail: 'y' }), refusal(401, { code: 'bad_credentials', title: 'x', detail: 'y' })]
  await get('/tasks').catch(() => undefined)
  await post('/session', {}).catch(() => undefined)
  expect(told).toHaveBeenCalledTimes(1)
})

test('pages are followed to the end', async () => {
  answers = [json({ items: [1, 2], next: 'b' }), json({ items: [3] })]
  expect(await all('/documents', { state: 'draft' })).toEqual([1, 2, 3])
  expect(asked[1]?.url).toContain('after=b')
  expect(asked[1]?.url).toContain('state=draft')
})

test('an empty answer is nothing', async () => {
  answers = [new Response(null, { status: 204 })]
  await expect(remove('/tokens/1')).resolves.toBeUndefined()
})

test('a file is sent as a form, with its name', async () => {
  answers = [json({})]
  await upload('/verifications', new File(['%PDF'], 'a.pdf', { type: 'application/pdf' }), { note: 'x' })
  expect(asked[0]?.headers.get('content-type')).toContain('multipart/form-data')
})
