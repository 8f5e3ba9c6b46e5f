/** The colour theme a reader chose; the system's unless they said otherwise. */
export const themes = ['system', 'dark', 'light'] as const;
export type Theme = (typeof themes)[number];
export const themeCookie = 'yagura-theme';

/** The theme a cookie names; `system` for anything else (which is dark unless the system asks for light). */
export function chooseTheme(cookie: string | undefined): Theme {
  return themes.find((theme) => theme === cookie) ?? 'system';
}
