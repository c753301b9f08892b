import type { Translation } from '../i18n/catalogue'
import type cs from './palette.cs'

export default {
  title: 'Search and go',
  placeholder: 'A document, a person, a place or a command…',
  here: 'On this page',
  places: 'Places and commands',
  documents: 'Documents',
  people: 'People',
  nothing: 'There is nothing like that. Try another word.',
  newDocument: 'New document',
  verify: 'Verify a document (PDF)',
  keys: 'Keys',
  lightTheme: 'Light theme',
  darkTheme: 'Dark theme',
  otherLanguage: 'Přepnout do češtiny',
  onThisPage: 'On this page',
  everywhere: 'Everywhere',
  goTasks: 'My tasks',
  goDocuments: 'Documents',
  goSigning: 'Signing',
  goRounds: 'Rounds',
  closeWhatIsOpen: 'Close what is open',
} satisfies Translation<typeof cs>
