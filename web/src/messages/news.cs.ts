export default {
  title: 'Oznámení',
  nothing: 'Žádná oznámení',
  nothingDetail: 'Až se stane něco, co se vás týká, dozvíte se to tady.',
  unread: 'nepřečtené',
  nothingMoved: 'Od včera klid.',
  moved: 'Od včera',
  all: 'Všechna oznámení',
  somebody: 'Někdo',
  clock: 'Termín',
} as const
