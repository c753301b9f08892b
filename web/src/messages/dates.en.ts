import type { Translation } from '../i18n/catalogue'
import type cs from './dates.cs'

export default {
  todayBy: 'today by {time}',
  tomorrowBy: 'tomorrow by {time}',
  byDay: '{day}, {left}',
  byDayFull: '{day} {date}, {left}',
  byDate: 'by {date}',
  byDateFull: 'by {date}, {left}',
  days: { one: '{n} day', other: '{n} days' },
  workingDaysLeft: { one: '{n} working day left', other: '{n} working days left' },
  dueTodayPassed: 'today at {time}, overdue',
  dueYesterday: 'yesterday, overdue',
  overdueBy: { one: '{n} day overdue', other: '{n} days overdue' },
  sinceYesterday: 'Since yesterday',
  justNow: 'just now',
  minutesAgo: { one: 'a minute ago', other: '{n} minutes ago' },
  todayAt: 'today {time}',
  yesterdayAt: 'yesterday {time}',
  waitsFromNow: 'waiting from now',
  waitsMinutes: { one: 'waiting for a minute', other: 'waiting for {n} minutes' },
  waitsToday: 'waiting since {time}',
  waitsYesterday: 'waiting since yesterday {time}',
  waitsDate: 'waiting since {date}',
} satisfies Translation<typeof cs>
