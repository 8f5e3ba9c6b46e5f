/** Where `g` and a letter goes. The keys' list and the palette read the same table. */
export const places = [
  { key: 'f', href: '/', name: 'fleet' },
  { key: 'i', href: '/instances', name: 'instances' },
  { key: 'r', href: '/reference', name: 'reference' },
  { key: 's', href: '/settings', name: 'settings' },
] as const;

/** Everything the keyboard does, in the order in which it is listed. */
export const keyList = [
  { keys: ['Ctrl', 'K'], what: 'palette' },
  ...places.map(({ key, name }) => ({ keys: ['g', key], what: name })),
  { keys: ['/'], what: 'filter' },
  { keys: ['j', 'k'], what: 'rows' },
  { keys: ['Enter'], what: 'open' },
  { keys: ['x'], what: 'select' },
  { keys: ['←', '→'], what: 'fold' },
  { keys: ['c'], what: 'costliest' },
  { keys: ['?'], what: 'help' },
  { keys: ['Esc'], what: 'close' },
] as const;
