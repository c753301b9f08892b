export default {
  page: 'Strana {number} z {total}',
} as const
