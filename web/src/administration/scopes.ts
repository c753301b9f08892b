/** What a registry client may do. */
import { t } from '../messages/administration'

export const SCOPES = ['handover:read', 'handover:confirm', 'retention:manage', 'disposal:manage', 'audit:read'] as const
export type Scope = (typeof SCOPES)[number]

export function scopeWords(scope: string): string {
  return isScope(scope) ? t(`scope.${scope}`) : scope
}

function isScope(scope: string): scope is Scope {
  return (SCOPES as readonly string[]).includes(scope)
}
