/** Where the palette can go from anywhere. */
import type { IconName } from '../components/icons'
import { setTheme, theme } from '../frame/theme.svelte'
import { locale, setLocale } from '../i18n/locale.svelte'
import { t as frame } from '../messages/frame'
import { t } from '../messages/palette'
import { leave } from '../session/leave'
import { session } from '../session/session.svelte'
import { openKeys } from './palette.svelte'

export interface Destination {
  readonly label: string
  readonly icon: IconName
  readonly href?: string
  readonly act?: () => void
}

export function places(): Destination[] {
  return [
    { label: frame('tasks'), icon: 'tasks', href: '/' },
    { label: frame('documents'), icon: 'document', href: '/documents' },
    ...(session.begins ? [{ label: t('newDocument'), icon: 'plus', href: '/documents?new=1' } as const] : []),
    { label: frame('signing'), icon: 'sign', href: '/signing' },
    { label: frame('rounds'), icon: 'round', href: '/rounds' },
    { label: frame('registry'), icon: 'archive', href: '/registry' },
    { label: t('verify'), icon: 'verify', href: '/verify' },
    ...(session.has('administrator') ? [{ label: frame('administration'), icon: 'settings', href: '/administration' } as const] : []),
    { label: frame('notifications'), icon: 'bell', href: '/notifications' },
    { label: frame('profile'), icon: 'person', href: '/profile' },
    { label: t('keys'), icon: 'info', act: openKeys },
    { label: theme() === 'dark' ? t('lightTheme') : t('darkTheme'), icon: theme() === 'dark' ? 'sun' : 'moon', act: () => setTheme(theme() === 'dark' ? 'light' : 'dark') },
    { label: t('otherLanguage'), icon: 'comment', act: () => setLocale(locale() === 'cs' ? 'en' : 'cs') },
    { label: frame('signOut'), icon: 'leave', act: () => void leave() },
  ]
}
