import { cookies, headers } from 'next/headers';
import { getRequestConfig } from 'next-intl/server';
import { chooseLocale, localeCookie, zoneCookie } from '@/lib/i18n/locale';
import { readMessages } from './read-messages';

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
  const zone = jar.get(zoneCookie)?.value;
  return {
    locale,
    messages: await readMessages(locale),
    timeZone: validZone(zone ? decodeURIComponent(zone) : undefined),
  };
});
