import { afterEach, expect, test, vi } from 'vitest'
import { Frozen } from './frozen.svelte'

afterEach(() => vi.unstubAllGlobals())

test('a version that is asked for twice is loaded once, so that what is selected in it stays', async () => {
  const fetched = vi.fn(() => Promise.resolve(new Response(JSON.stringify({ schema: 1, type: 'doc', content: [] }), { headers: { 'content-type': 'application/json' } })))
  vi.stubGlobal('fetch', fetched)
  const frozen = new Frozen()
  frozen.want('v1')
  frozen.want('v1')
  await vi.waitFor(() => expect(frozen.shown?.id).toBe('v1'))
  const first = frozen.shown
  frozen.want('v1')
  expect(fetched).toHaveBeenCalledTimes(1)
  expect(frozen.shown).toBe(first)
})
