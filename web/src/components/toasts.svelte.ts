/** Short news at the foot of the screen; `action` takes the act back while the toast is there. */
import { sentence } from './failure'

export interface Toast {
  readonly id: number
  readonly text: string
  readonly tone: 'plain' | 'good' | 'bad'
  readonly action?: { readonly label: string; readonly act: () => void } | undefined
  /** Until it is closed or dismissed: nothing else on the page takes the act back. */
  readonly stays: boolean
}

const LASTS = 6000
let next = 0
const shown = $state<Toast[]>([])

export const toasts: readonly Toast[] = shown

export function toast(text: string, options: Partial<Pick<Toast, 'tone' | 'action' | 'stays'>> = {}): number {
  const id = (next += 1)
  const stays = options.stays ?? false
  shown.push({ id, text, tone: options.tone ?? 'plain', action: options.action, stays })
  if (shown.length > 3) dismiss((shown.find((entry) => !entry.stays) ?? shown[0])?.id ?? id)
  if (!stays) setTimeout(() => dismiss(id), options.action ? LASTS * 1.5 : LASTS)
  return id
}

/** News of something that failed, in the server's words. */
export function toastFailure(error: unknown): void {
  toast(sentence(error), { tone: 'bad' })
}

export function dismiss(id: number): void {
  const at = shown.findIndex((entry) => entry.id === id)
  if (at >= 0) shown.splice(at, 1)
}
