import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AbstractIntlMessages } from 'next-intl';
import type { Locale } from '@/lib/i18n/locale';

const known = new Map<Locale, Promise<AbstractIntlMessages>>();

async function read(locale: Locale): Promise<AbstractIntlMessages> {
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

/** Words of one language, one namespace per file. Read once in production, at each request while developing. */
export function readMessages(locale: Locale): Promise<AbstractIntlMessages> {
  const messages =
    (process.env.NODE_ENV === 'production' ? known.get(locale) : undefined) ?? read(locale);
  known.set(locale, messages);
  return messages;
}
