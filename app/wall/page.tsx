import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { OpenWall } from '@/components/wall/OpenWall';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('wall');
  return { title: t('title') };
}

/** Where a link leads: the token behind `#` becomes a cookie, and the wall opens. */
export default async function OpenWallPage() {
  const t = await getTranslations('wall');
  return (
    <>
      <OpenWall />
      <noscript>
        <p className="p-8 text-[20px]">{t('needsScript')}</p>
      </noscript>
    </>
  );
}
