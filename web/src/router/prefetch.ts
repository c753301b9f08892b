/** Fetches the code of the other pages when the browser has nothing to do, so that they open at once, also offline. */
import { routes } from './routes'

const PATIENCE = 4000

/** Begins after the first page has settled; answers how to stop. A connection that saves data is left alone. */
export function prefetchPages(): () => void {
  const connection = (navigator as Navigator & { connection?: { saveData?: boolean } }).connection
  if (connection?.saveData) return () => undefined
  let stopped = false
  const timer = setTimeout(() => void fetchAll(() => stopped), PATIENCE)
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}

async function fetchAll(isStopped: () => boolean): Promise<void> {
  for (const load of new Set(routes.map((route) => route.load))) {
    await idle()
    if (isStopped() || !navigator.onLine) return
    await load().catch(() => undefined) // told when the page is really opened
  }
}

function idle(): Promise<void> {
  return new Promise((resolve) => {
    if ('requestIdleCallback' in globalThis) requestIdleCallback(() => resolve(), { timeout: 2000 })
    else setTimeout(resolve, 200)
  })
}
