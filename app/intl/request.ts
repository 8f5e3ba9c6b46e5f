import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cookies, headers } from 'next/headers';
import type { AbstractIntlMessages } from 'next-intl';
import { getRequestConfig } from 'next-intl/server';
import { chooseLocale, type Locale, localeCookie, zoneCookie } from '@/lib/i18n/locale';

const read = new Map<Locale, Promise<AbstractIntlMessages>>();

/** Words of one language, one namespace per file. Read once in production, at each request while developing. */
async function readMessages(locale: Locale): Promise<AbstractIntlMessages> {
  const folder = join(process.cwd(), 'lib/i18n/messages', locale);
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  const entries = await Promise.all(
    files.map(async (name) => [
      name.slice(0, -'.json'.length),
      JSON.parse(await readFile(join(folder, name), 'utf8')) as AbstractIntlMessages,
    ]),
  );
  return Object.fromEntries(entries) as AbstractIntlMessages;
}

/** The name of a time zone as the browser reported it; anything that is not one is ignored. */
function validZone(zone: string | undefined): string {
  if (!zone) return 'UTC';
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone;
  } catch {
    return 'UTC';
  }
}

export default getRequestConfig(async () => {
  const [jar, head] = await Promise.all([cookies(), headers()]);
  const locale = chooseLocale(jar.get(localeCookie)?.value, head.get('accept-language'));
  const known = process.env.NODE_ENV === 'production' ? read.get(locale) : undefined;
  const messages = known ?? readMessages(locale);
  read.set(locale, messages);
  const zone = jar.get(zoneCookie)?.value;
  return {
    locale,
    messages: await messages,
    timeZone: validZone(zone ? decodeURIComponent(zone) : undefined),
  };
});
