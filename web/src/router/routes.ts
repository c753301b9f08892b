/** Every page of the product: its address and the code that draws it, loaded when first opened. */
import { match, type Parameters } from './match'

type Loader = () => Promise<{ default: unknown }>

export interface Route {
  readonly pattern: string
  readonly load: Loader
  /** Which entry of the navigation is lit. */
  readonly nav?: 'tasks' | 'documents' | 'signing' | 'rounds' | 'registry' | 'administration' | 'verify'
}

export const routes: readonly Route[] = [
  { pattern: '/', nav: 'tasks', load: () => import('../tasks/TasksPage.svelte') },
  { pattern: '/documents', nav: 'documents', load: () => import('../documents/DocumentsPage.svelte') },
  { pattern: '/documents/:document', nav: 'documents', load: () => import('../workspace/WorkspacePage.svelte') },
  { pattern: '/rounds', nav: 'rounds', load: () => import('../rounds/RoundsPage.svelte') },
  { pattern: '/rounds/:round/settlement', nav: 'rounds', load: () => import('../settlement/SettlementPage.svelte') },
  { pattern: '/versions/:version/compare/:other', nav: 'documents', load: () => import('../comparison/ComparisonPage.svelte') },
  { pattern: '/signing', nav: 'signing', load: () => import('../signing/SigningPage.svelte') },
  { pattern: '/registry', nav: 'registry', load: () => import('../registry/RegistryPage.svelte') },
  { pattern: '/administration', nav: 'administration', load: () => import('../administration/AdministrationPage.svelte') },
  { pattern: '/administration/:section', nav: 'administration', load: () => import('../administration/AdministrationPage.svelte') },
  { pattern: '/profile', load: () => import('../profile/ProfilePage.svelte') },
  { pattern: '/notifications', load: () => import('../notifications/NotificationsPage.svelte') },
  { pattern: '/verify', nav: 'verify', load: () => import('../verification/VerificationPage.svelte') },
]

export function find(path: string): { route: Route; parameters: Parameters } | undefined {
  for (const route of routes) {
    const parameters = match(route.pattern, path)
    if (parameters) return { route, parameters }
  }
  return undefined
}
