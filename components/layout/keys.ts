/** What the keyboard does: the handlers, the list behind `?` and the palette all read this table. Pure. */

/** Where `g` and a letter goes. */
export const places = [
  { key: 'f', href: '/', name: 'fleet' },
  { key: 'i', href: '/instances', name: 'instances' },
  { key: 'a', href: '/alerts', name: 'alerts' },
  { key: 'n', href: '/incidents', name: 'incidents' },
  { key: 'r', href: '/reference', name: 'reference' },
  { key: 's', href: '/settings', name: 'settings' },
] as const;

/** The keys of each action; the first of them is the one that is listed. */
const bindings = {
  go: ['g'],
  filter: ['/'],
  help: ['?'],
  down: ['j', 'ArrowDown'],
  up: ['k', 'ArrowUp'],
  first: ['Home'],
  last: ['End'],
  open: ['Enter'],
  select: ['x', ' '],
  fold: ['ArrowLeft'],
  unfold: ['ArrowRight'],
  costliest: ['c'],
} as const satisfies Record<string, readonly string[]>;
export type KeyAction = keyof typeof bindings;

type Pressed = { key: string; ctrlKey: boolean; metaKey: boolean; altKey: boolean };

/** True when the key alone means the action; with Ctrl, Cmd or Alt it is the browser's. */
export function isKey(event: Pressed, action: KeyAction): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  return (bindings[action] as readonly string[]).includes(event.key);
}

/** Ctrl-K, on a Mac Cmd-K. */
export function isPaletteKey(event: Pressed): boolean {
  return (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k';
}

const drawn: Readonly<Record<string, string>> = { ArrowLeft: '←', ArrowRight: '→' };
const shown = (action: KeyAction) => drawn[bindings[action][0]] ?? bindings[action][0];

/** Everything the keyboard does, in the order in which it is listed. */
export const keyList = [
  { keys: ['Ctrl', 'K'], what: 'palette' },
  ...places.map(({ key, name }) => ({ keys: [shown('go'), key], what: name })),
  { keys: [shown('filter')], what: 'filter' },
  { keys: [shown('down'), shown('up')], what: 'rows' },
  { keys: [shown('open')], what: 'open' },
  { keys: [shown('select')], what: 'select' },
  { keys: [shown('fold'), shown('unfold')], what: 'fold' },
  { keys: [shown('costliest')], what: 'costliest' },
  { keys: [shown('help')], what: 'help' },
  { keys: ['Esc'], what: 'close' },
] as const;
