/** The content of a version, which never changes. */
import { get } from '../api/client'
import type { Content } from '../api/types'
import { toastFailure } from '../components/toasts.svelte'

export class Frozen {
  shown = $state.raw<{ id: string; content: Content } | null>(null)
  #wanted: string | null = null

  /** Shows the version as soon as its content is there; asked again for the same it does nothing. */
  want(version: string | null): void {
    if (version === this.#wanted) return
    this.#wanted = version
    if (version && this.shown?.id !== version) void this.#load(version)
  }

  async #load(version: string): Promise<void> {
    try {
      const content = await get<Content>(`/versions/${version}/content`, { query: { format: 'json' } })
      if (version === this.#wanted) this.shown = { id: version, content }
    } catch (error) {
      if (version === this.#wanted) this.#wanted = null
      toastFailure(error)
    }
  }
}
