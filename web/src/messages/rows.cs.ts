export default {
  next: 'další řádek',
  previous: 'předchozí řádek',
  open: 'otevřít',
  act: 'hlavní akce řádku',
} as const
