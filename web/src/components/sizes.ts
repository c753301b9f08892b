/** A number of bytes as people read it. */
import { locale } from '../i18n/locale.svelte'

export function sizeWords(bytes: number): string {
  const language = locale()
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000).toLocaleString(language)} kB`
  return `${(bytes / 1_000_000).toLocaleString(language, { maximumFractionDigits: 1 })} MB`
}
