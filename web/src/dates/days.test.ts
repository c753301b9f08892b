import { expect, test } from 'vitest'
import { addWorkingDays, dateOfDay, dayOf, dayOfDate, isHoliday, isWorkingDay, weekday, workingDaysBetween } from './days'

test('a moment late in the evening in UTC is already the next day in Prague', () => {
  expect(dateOfDay(dayOf(new Date('2026-11-23T23:30:00Z')))).toBe('2026-11-24')
  expect(dateOfDay(dayOf(new Date('2026-06-30T22:30:00Z')))).toBe('2026-07-01')
})

test('weeks begin on Monday', () => {
  expect(weekday(dayOfDate('2026-11-23'))).toBe(1)
  expect(weekday(dayOfDate('2026-11-29'))).toBe(7)
  expect(weekday(dayOfDate('1969-12-28'))).toBe(7)
})

test.each([
  ['2026-04-03', 'Good Friday'],
  ['2026-04-06', 'Easter Monday'],
  ['2027-03-26', 'Good Friday'],
  ['2025-04-21', 'Easter Monday'],
  ['2026-11-17', '17 November'],
  ['2026-12-24', 'Christmas Eve'],
])('%s is a holiday (%s)', (date) => {
  expect(isHoliday(dayOfDate(date))).toBe(true)
})

test('Saturdays, Sundays and holidays are no working days', () => {
  expect(isWorkingDay(dayOfDate('2026-11-21'))).toBe(false)
  expect(isWorkingDay(dayOfDate('2026-11-17'))).toBe(false)
  expect(isWorkingDay(dayOfDate('2026-11-18'))).toBe(true)
})

test('working days are counted after the first day up to the last', () => {
  expect(workingDaysBetween(dayOfDate('2026-11-23'), dayOfDate('2026-11-27'))).toBe(4)
  expect(workingDaysBetween(dayOfDate('2026-11-13'), dayOfDate('2026-11-18'))).toBe(2)
  expect(workingDaysBetween(dayOfDate('2026-11-27'), dayOfDate('2026-11-23'))).toBe(0)
})

test('adding working days jumps over weekends and holidays', () => {
  expect(dateOfDay(addWorkingDays(dayOfDate('2026-11-13'), 2))).toBe('2026-11-18')
  expect(dateOfDay(addWorkingDays(dayOfDate('2026-12-23'), 1))).toBe('2026-12-28')
})
