/** Who is signed in, and what the roles allow on the screen (the server decides in any case). */
import { tick } from 'svelte'
import { get, onSignedOut, post, Problem, remove } from '../api/client'
import type { Me, Role } from '../api/types'
import { setTheme, theme } from '../frame/theme.svelte'
import { locale, setLocale } from '../i18n/locale.svelte'
import { onCut, pauseLive, startLive, stopLive, subscribe } from '../live/live.svelte'
import { router } from '../router/router.svelte'
import { wipe } from '../sync/kept'
import { wipePast } from '../sync/past'

type State = 'unknown' | 'out' | 'in'

let me = $state<Me | undefined>()
let state = $state<State>('unknown')
/** Where the person was when the sign-in ended by itself. */
let endedAt = $state<string | null>(null)
/** Whether the door stands open over the page. */
let asking = $state(false)
const resumed = new Set<() => void>()
const tabs = new BroadcastChannel('paraph-sign-in')
let unsubscribe: (() => void) | undefined

export const session = {
  /** The person signed in. Screens behind the sign-in may rely on it. */
  get me(): Me {
    if (!me) throw new Error('nobody is signed in')
    return me
  },
  /** Whether the person may begin a document in a department of her own. */
  get begins(): boolean {
    return this.me.departments.length > 0 && (this.has('editor') || this.has('submitter'))
  },
  get state(): State {
    return state
  },
  /** The sign-in ended by itself while the person was working: the page stands as it is, and nothing is sent. */
  get expired(): boolean {
    return endedAt !== null
  },
  /** The page that stood open then is still there. */
  get held(): boolean {
    return endedAt === router.path
  },
  get asking(): boolean {
    return asking
  },
  set asking(open: boolean) {
    asking = open
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
  tabs.postMessage('signed in')
}

/** Called when the person is back after a sign-in that had ended; returns how to stop. */
export function onResumed(back: () => void): () => void {
  resumed.add(back)
  return () => resumed.delete(back)
}

/** The server has said, on whatever way, that it does not know who this is. */
export function signInEnded(): void {
  if (state !== 'in' || endedAt !== null) return
  endedAt = router.path
  pauseLive()
}

/** Maybe she signed in at another tab. */
async function lookAgain(): Promise<void> {
  if (session.expired) await restoreSession().catch(() => undefined) // without a connection there is a next time
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
  await wipePast().catch(() => undefined)
}

/** Takes over what the person changed about herself. */
export function updateMe(next: Me): void {
  me = next
}

function entered(next: Me): void {
  if (endedAt !== null && me && me.id !== next.id) return location.reload() // what stands on the page is not this person's
  const back = endedAt !== null
  me = next
  state = 'in'
  endedAt = null
  asking = false
  if (next.locale.startsWith('en')) setLocale('en')
  else setLocale('cs')
  void startLive()
  unsubscribe ??= subscribe()
  if (back) for (const resume of resumed) resume()
}

function left(): void {
  me = undefined
  state = 'out'
  endedAt = null
  unsubscribe?.()
  unsubscribe = undefined
  stopLive()
}

onSignedOut((acting) => {
  if (state !== 'in') return
  signInEnded()
  asking ||= acting
})
onCut(() => void get<Me>('/session').catch(() => undefined)) // the answer says whether the sign-in still holds
tabs.addEventListener('message', () => void lookAgain())
document.addEventListener('visibilitychange', () => void lookAgain())
