export default {
  next: 'Další řádek',
  previous: 'Předchozí řádek',
  open: 'Otevřít',
  act: 'Hlavní akce řádku',
} as const
