/**
 * Keys of a page: `useKeys({ j: next, Enter: open })` while the component lives.
 *
 * A key is a letter, a named key, a combination like `Mod+Enter` (⌘ on a Mac, Ctrl elsewhere) or two letters
 * one after the other (`g t`). While the person writes or a dialog or menu is open, only what writes nothing is heard:
 * combinations with Mod, other than Mod+z, and the keys F1 to F12.
 */
type Act = (event: KeyboardEvent) => void
export type Keys = Readonly<Record<string, Act>>

const layers: Keys[] = []
let listening = false

export function useKeys(keys: Keys): void {
  $effect(() => bindKeys(keys))
}

/** Binds keys until the answer is called; later bindings come before earlier ones. */
export function bindKeys(keys: Keys): () => void {
  listen()
  layers.push(keys)
  return () => {
    layers.splice(layers.indexOf(keys), 1)
  }
}

function listen(): void {
  if (listening) return
  listening = true
  addEventListener('keydown', heard)
}

const WRITES_NOTHING = /^Mod\+(?!z$)|F\d+$/

function heard(event: KeyboardEvent): void {
  if (event.key === 'Escape') wrote = -Infinity // whoever took it: the person has left the text
  if (event.defaultPrevented || event.isComposing) return
  const name = nameOf(event)
  if (!WRITES_NOTHING.test(name) && isBusy(event)) return
  const act = actOf(afterLead(name)) ?? actOf(name)
  lead = { name, at: event.timeStamp }
  if (!act) return
  event.preventDefault()
  act(event)
}

function actOf(name: string | undefined): Act | undefined {
  return name === undefined ? undefined : layers.findLast((keys) => keys[name] !== undefined)?.[name]
}

const TOGETHER = 900 // milliseconds between the two letters of one key
let lead: { name: string; at: number } | undefined

function afterLead(name: string): string | undefined {
  return lead && performance.now() - lead.at < TOGETHER ? `${lead.name} ${name}` : undefined
}

/** "j", "?", "Enter", "Mod+k", "Mod+Alt+m", "Shift+ArrowDown". */
export function nameOf(event: Pick<KeyboardEvent, 'key' | 'metaKey' | 'ctrlKey' | 'shiftKey' | 'altKey'>): string {
  const modifier = (event.metaKey || event.ctrlKey ? 'Mod+' : '') + (event.altKey ? 'Alt+' : '')
  const letter = event.key.length === 1
  const key = letter ? event.key.toLowerCase() : event.key
  return modifier + (event.shiftKey && !letter ? 'Shift+' : '') + key
}

const PAUSE = 1500 // milliseconds after which what is typed no longer belongs to the text that was being written
let wrote = -Infinity

/**
 * A text that is only read takes no letters, so they are keys there too; Escape writes nothing anywhere. When the text
 * is closed under the hand of who writes it, the rest of the sentence is not taken for keys.
 */
function isWriting(at: HTMLElement, { key, timeStamp }: KeyboardEvent): boolean {
  const open = at.isContentEditable && at.closest('[aria-readonly=true]') === null
  const goesOn = timeStamp - wrote < PAUSE && (at.isContentEditable || at === document.body)
  const writing = key !== 'Escape' && (open || goesOn)
  wrote = writing ? timeStamp : -Infinity
  return writing
}

function isBusy(event: KeyboardEvent): boolean {
  const at = event.target as HTMLElement
  if (isWriting(at, event) || at.closest('input:not([type=checkbox]):not([type=radio]), textarea, select, [role=menu]')) return true
  if (event.key === 'Enter' || event.key === ' ') {
    if (at.closest('a[href], button, summary')) return true
  }
  return document.querySelector('dialog[open]') !== null
}
