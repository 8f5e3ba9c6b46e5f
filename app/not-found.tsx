import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { Turret } from '@/components/layout/Turret';

/** Any address that names nothing. */
export default async function NotFound() {
  const t = await getTranslations('shell.notFound');
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-3 px-6">
      <Turret />
      <h1 className="font-semibold text-[20px]">{t('title')}</h1>
      <p className="text-muted">{t('body')}</p>
      <p>
        <Link href="/" className="text-accent underline underline-offset-2">
          {t('home')}
        </Link>
      </p>
    </main>
  );
}
