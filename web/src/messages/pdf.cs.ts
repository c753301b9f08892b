export default {
  page: 'Strana {n} z {total}',
  loading: 'Otevírá se dokument…',
  unreadable: 'Tento soubor se nedá zobrazit.',
  unreadableDetail: 'Stáhněte si ho a otevřete jinde.',
  pages: 'Stránky dokumentu',
} as const
