import { describe, expect, test } from 'vitest'
import { difference } from './words'

const say = (before: string, after: string): string =>
  difference(before, after)
    .map(({ kind, text }) => (kind === 'same' ? text : kind === 'removed' ? `[-${text}-]` : `{+${text}+}`))
    .join('')

describe('the difference of two wordings', () => {
  test('names only the words that changed', () => {
    expect(say('nejvýše však 300 000 Kč na jednoho', 'nejvýše však 500 000 Kč na jednoho')).toBe('nejvýše však [-300-]{+500+} 000 Kč na jednoho')
  })
  test('keeps a run of changes together', () => {
    expect(say('do konce roku', 'nejpozději 31. prosince')).toBe('[-do konce roku-]{+nejpozději 31. prosince+}')
  })
  test('shows pure insertion and pure deletion', () => {
    expect(say('odůvodní', 'písemně odůvodní')).toBe('{+písemně +}odůvodní')
    expect(say('rada kraje může', 'rada může')).toBe('rada [-kraje -]může')
  })
  test('says nothing of equal texts', () => {
    expect(say('beze změny', 'beze změny')).toBe('beze změny')
  })
})
