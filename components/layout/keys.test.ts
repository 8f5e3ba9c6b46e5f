import { describe, expect, it } from 'vitest';
import { isKey, isPaletteKey, keyList, places } from './keys';

const press = (key: string, more: object = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...more,
});

describe('keys', () => {
  it('knows the letter and its arrow as one action', () => {
    expect(isKey(press('j'), 'down')).toBe(true);
    expect(isKey(press('ArrowDown'), 'down')).toBe(true);
    expect(isKey(press('k'), 'down')).toBe(false);
  });

  it('leaves combinations to the browser, but for the palette', () => {
    expect(isKey(press('/', { ctrlKey: true }), 'filter')).toBe(false);
    expect(isPaletteKey(press('K', { metaKey: true }))).toBe(true);
    expect(isPaletteKey(press('k'))).toBe(false);
  });

  it('lists each action once, and a letter of its own for each place', () => {
    const names = keyList.map(({ what }) => what);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(places.map(({ key }) => key)).size).toBe(places.length);
  });
});
