/** What the server found in the structure of a file, in the words of the page: its details are for programs. */
import { t } from '../messages/verification'

const known: [RegExp, (found: string[]) => string][] = [
  [/^the bytes differ from those that were signed$/, () => t('d.bytes')],
  [/^signatures left: (\d+)$/, ([n]) => t('d.signaturesLeft', { n: Number(n) })],
  [/bytes behind the signature's container$/, () => t('d.behind')],
  [/^cannot be compared: /, () => t('d.incomparable')],
]

/** `undefined`: a finding without words of its own. */
export function detailWords(detail: string): string | undefined {
  for (const [pattern, words] of known) {
    const found = pattern.exec(detail)
    if (found) return words(found.slice(1))
  }
  return undefined
}
