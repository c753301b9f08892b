export default {
  title: 'Oznámení',
  nothing: 'Žádná oznámení',
  nothingDetail: 'Až se stane něco, co se vás týká, dozvíte se to tady.',
  mentioned: 'Zmínka o vás',
  unread: 'nepřečtené',
  all: 'Všechna oznámení',
  nothingMoved: 'Klid, nic se nezměnilo.',
  times: '{n}×',
} as const
