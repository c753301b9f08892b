/** Tells the page how high the part of its head is that stays, as `--head`, and the news under it, as `--notices`. Called while a component begins. */
import { onMount } from 'svelte'

export function measureHead(): void {
  onMount(() => {
    const root = document.documentElement
    let [found, row, news]: (Element | null)[] = [null, null, null]
    const tell = (name: string, height: number): void => root.style.setProperty(name, `${height}px`)
    const measure = (): void => {
      tell('--head', found?.clientHeight || row?.clientHeight || 0)
      tell('--notices', news?.clientHeight ?? 0)
    }
    const watcher = new ResizeObserver(measure)
    const look = new MutationObserver(() => {
      const head = document.querySelector('header.head')
      if (head === found) return
      watcher.disconnect()
      found = head
      row = head?.querySelector('.stays') ?? null
      news = head?.querySelector('.notices') ?? null
      for (const part of [found, row, news]) if (part) watcher.observe(part)
    })
    look.observe(document.body, { childList: true, subtree: true })
    return () => {
      look.disconnect()
      watcher.disconnect()
    }
  })
}
