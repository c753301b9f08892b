import type { Translation } from '../i18n/catalogue'
import type cs from './components.cs'

export default {
  close: 'Close',
  loading: 'Loading…',
  tryAgain: 'Try again',
  cancel: 'Cancel',
  copy: 'Copy',
  copied: 'Copied.',
  dropFile: 'Drop a file here, or press to choose one',
  clear: 'Clear',
  save: 'Save',
  rate: '{rate} / s',
  soonDone: 'done in a moment',
  secondsLeft: { one: '{n} second left', other: '{n} seconds left' },
  unreachable: 'The server does not answer.',
  unreachableDetail: 'Nothing is lost. Check the connection and try again.',
  unexpected: 'The page met an unexpected error.',
  unexpectedDetail: 'What was saved is safe. Try again; if that does not help, ask the administrator.',
  changedMeanwhile: 'Somebody else changed it meanwhile.',
  changedMeanwhileDetail: 'Your change was not saved. Load the page again and look at what is new.',
  slowDown: 'Too many tries in a row.',
  slowDownDetail: 'Try again in {seconds} s.',
  notFound: 'There is nothing here, or you may not see it.',
  forbidden: 'You may not do that.',
  serverFailed: 'The server failed.',
} satisfies Translation<typeof cs>
