/** What the person may sign with. */
import { get } from '../api/client'
import type { Credential } from '../api/types'

export async function loadCredentials(signal?: AbortSignal): Promise<Credential[]> {
  const found = await get<Credential[] | { items: Credential[] }>('/credentials', signal ? { signal } : {})
  return Array.isArray(found) ? found : found.items
}
