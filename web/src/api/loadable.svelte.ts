/**
 * Something a page loads: its value, its failure, and loading it anew without blinking.
 *
 * A newer load makes an older one void, so that quick typing into a filter ends with the last answer.
 */
export class Loadable<T> {
  value = $state.raw<T>()
  error = $state.raw<unknown>()
  loading = $state(false)
  readonly #load: (signal: AbortSignal) => Promise<T>
  #running: AbortController | undefined

  constructor(load: (signal: AbortSignal) => Promise<T>) {
    this.#load = load
  }

  reload = async (): Promise<void> => {
    this.#running?.abort()
    const running = new AbortController()
    this.#running = running
    this.loading = true
    try {
      const value = await this.#load(running.signal)
      if (running.signal.aborted) return
      this.value = value
      this.error = undefined
    } catch (error) {
      if (running.signal.aborted) return
      this.error = error
    }
    this.loading = false
  }
}
