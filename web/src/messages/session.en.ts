import type { Translation } from '../i18n/catalogue'
import type cs from './session.cs'

export default {
  title: 'Sign in',
  intro: 'The documents, comments and signatures of the office in one place.',
  login: 'Sign-in name',
  password: 'Password',
  code: 'One-time code',
  codeHint: 'Six digits from the app in your phone.',
  signIn: 'Sign in',
  badCredentials: 'The name or the password is wrong.',
  badCode: 'The code is wrong or has run out. Enter a new one.',
  expired: 'Your sign-in has ended. Sign in again and you come back to where you were.',
  loginMissing: 'Enter your login.',
  passwordMissing: 'Enter your password.',
  again: 'Sign in again',
  againSays: 'The page stays as it is. After you sign in, unsent text is sent by itself.',
  stillIn: 'You are still signed in; without a connection you cannot sign out.',
  stillInWaiting: 'You are still signed in; without a connection you cannot sign out. Your text stayed on this computer.',
  leaveWaiting: {
    one: 'Text for one document waits on this computer and is not on the server yet. Signing out deletes it. Sign out?',
    other: 'Text for {n} documents waits on this computer and is not on the server yet. Signing out deletes it. Sign out?',
  },
  publicStatus: 'Status of a matter by code',
} satisfies Translation<typeof cs>
