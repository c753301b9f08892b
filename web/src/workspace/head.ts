/** Tells the page how high its head is, as `--head`: what sticks below it must know. Called while a component begins. */
import { onMount } from 'svelte'

export function measureHead(): void {
  onMount(() => {
    const root = document.documentElement
    const watcher = new ResizeObserver(([entry]) => root.style.setProperty('--head', `${entry?.target.clientHeight ?? 0}px`))
    let found: Element | null = null
    const look = new MutationObserver(() => {
      const head = document.querySelector('header.head')
      if (head === found) return
      if (found) watcher.unobserve(found)
      found = head
      if (head) watcher.observe(head)
    })
    look.observe(document.body, { childList: true, subtree: true })
    return () => {
      look.disconnect()
      watcher.disconnect()
    }
  })
}
