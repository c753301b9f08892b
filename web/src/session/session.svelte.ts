/** Who is signed in, and what the roles allow on the screen (the server decides in any case). */
import { tick } from 'svelte'
import { get, onSignedOut, post, Problem, remove } from '../api/client'
import type { Me, Role } from '../api/types'
import { setTheme, theme } from '../frame/theme.svelte'
import { locale, setLocale } from '../i18n/locale.svelte'
import { startLive, stopLive, subscribe } from '../live/live.svelte'
import { wipe } from '../sync/kept'

type State = 'unknown' | 'out' | 'in'

let me = $state<Me | undefined>()
let state = $state<State>('unknown')
let expired = $state(false)
let unsubscribe: (() => void) | undefined

export const session = {
  /** The person signed in. Screens behind the sign-in may rely on it. */
  get me(): Me {
    if (!me) throw new Error('nobody is signed in')
    return me
  },
  get state(): State {
    return state
  },
  /** The sign-in ended by itself while the person was working. */
  get expired(): boolean {
    return expired
  },
  has(...roles: Role[]): boolean {
    return me !== undefined && roles.some((role) => me?.roles.includes(role))
  },
}

/** Finds out who is signed in; called once at the start. */
export async function restoreSession(): Promise<void> {
  try {
    entered(await get<Me>('/session'))
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error
    state = 'out'
  }
}

export async function signIn(login: string, password: string, code?: string): Promise<void> {
  entered(await post<Me>('/session', code ? { login, password, code } : { login, password }))
}

export async function signOut(where: 'here' | 'everywhere' = 'here'): Promise<void> {
  const look = theme()
  const language = locale()
  await remove('/session', where === 'everywhere' ? { query: { all: true } } : {})
  setTheme(look) // the answer makes the browser forget everything; how the page looks is no secret
  setLocale(language)
  left()
  await tick() // a draft that was open puts what is unsaved into the store as it closes
  await wipe().catch(() => undefined) // a browser without a store has nothing to wipe
}

/** Takes over what the person changed about herself. */
export function updateMe(next: Me): void {
  me = next
}

function entered(next: Me): void {
  me = next
  state = 'in'
  expired = false
  if (next.locale.startsWith('en')) setLocale('en')
  else setLocale('cs')
  void startLive()
  unsubscribe ??= subscribe()
}

function left(): void {
  me = undefined
  state = 'out'
  unsubscribe?.()
  unsubscribe = undefined
  stopLive()
}

onSignedOut(() => {
  if (state !== 'in') return
  expired = true
  left()
})
