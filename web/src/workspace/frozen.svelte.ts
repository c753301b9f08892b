/** The content of a version, which never changes. */
import { get } from '../api/client'
import type { Content } from '../api/types'
import { toastFailure } from '../components/toasts.svelte'

export class Frozen {
  shown = $state.raw<{ id: string; content: Content } | null>(null)
  #wanted: string | null = null

  /** Shows the version as soon as its content is there. */
  want(version: string | null): void {
    this.#wanted = version
    if (!version || this.shown?.id === version) return
    get<Content>(`/versions/${version}/content`, { query: { format: 'json' } }).then(
      (content) => version === this.#wanted && (this.shown = { id: version, content }),
      toastFailure,
    )
  }
}
