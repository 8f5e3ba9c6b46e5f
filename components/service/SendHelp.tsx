'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { CodeBlock } from '@/components/ui/CodeBlock';
import { EmptyState } from '@/components/ui/EmptyState';

/** What an application needs to be seen here: three variables that every OpenTelemetry SDK reads. */
export function SendHelp() {
  const t = useTranslations('service.send');
  const [origin, setOrigin] = useState('');
  useEffect(() => setOrigin(window.location.origin), []);
  const code = [
    `export OTEL_EXPORTER_OTLP_ENDPOINT=${origin}`,
    `export OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer <${t('token')}>"`,
    `export OTEL_SERVICE_NAME=<${t('name')}>`,
  ].join('\n');
  return (
    <EmptyState title={t('title')}>
      <p>
        {t.rich('body', {
          link: (words) => (
            <Link href="/settings?tab=tokens" className="text-accent underline underline-offset-2">
              {words}
            </Link>
          ),
        })}
      </p>
      <div className="mt-3">
        <CodeBlock code={code} />
      </div>
      <p className="mt-3">{t('mapping')}</p>
    </EmptyState>
  );
}
