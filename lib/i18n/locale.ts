/** Languages of the product and how a reader's is found. Pure. */

export const locales = ['en', 'ja'] as const;
export type Locale = (typeof locales)[number];
export const localeCookie = 'yagura-locale';
export const zoneCookie = 'yagura-zone';

/** True when the text names a language of the product. */
export function isLocale(text: string | undefined | null): text is Locale {
  return text === 'en' || text === 'ja';
}

/** The reader's choice, else the first language of the browser's list that we speak (by weight), else English. */
export function chooseLocale(cookie: string | undefined, acceptLanguage: string | null): Locale {
  if (isLocale(cookie)) return cookie;
  const wanted = (acceptLanguage ?? '')
    .split(',')
    .map((part, order) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const q = parameters.map((p) => p.trim()).find((p) => p.startsWith('q='));
      const weight = q === undefined ? 1 : Number(q.slice(2));
      return {
        language: tag.split('-', 1)[0],
        weight: Number.isFinite(weight) ? weight : 0,
        order,
      };
    })
    .filter((entry) => entry.weight > 0)
    .sort((a, b) => b.weight - a.weight || a.order - b.order);
  for (const { language } of wanted) if (isLocale(language)) return language;
  return 'en';
}
