'use client';

/** Applications of a cluster whose /metrics are fetched, with how that went. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Ago } from '@/components/screen/Ago';
import { visibleText } from '@/components/statement/sql-tokens';
import { Button } from '@/components/ui/Button';
import { StatusMark } from '@/components/ui/StatusMark';
import { Table, Td, Th, Tr } from '@/components/ui/Table';
import { removeScrape, scrapesOptions } from '@/lib/client/services';
import type { ScrapeBody } from '@/lib/contract';
import { NewScrapeDialog } from './NewScrapeDialog';

export function ScrapeList({ cluster, edits }: { cluster: string; edits: boolean }) {
  const t = useTranslations('service.scrape');
  const { data } = useQuery(scrapesOptions(cluster));
  const [adding, setAdding] = useState(false);
  if (!data || (data.scrapes.length === 0 && !edits)) return null;
  return (
    <section aria-label={t('title')} className="rounded-md border border-line bg-raised">
      <div className="flex flex-wrap items-center justify-between gap-2 px-3 py-2">
        <h2 className="font-medium text-[13px]">{t('title')}</h2>
        {edits && (
          <Button size="small" onClick={() => setAdding(true)}>
            {t('add')}
          </Button>
        )}
      </div>
      {data.scrapes.length === 0 ? (
        <p className="px-3 pb-3 text-[13px] text-muted">{t('none')}</p>
      ) : (
        <Table caption={t('title')} stack>
          <thead>
            <tr>
              <Th>{t('service')}</Th>
              <Th className="w-full">{t('url')}</Th>
              <Th>{t('read')}</Th>
              <Th>
                <span className="sr-only">{t('remove')}</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {data.scrapes.map((one) => (
              <Row key={one.id} scrape={one} cluster={cluster} edits={edits} />
            ))}
          </tbody>
        </Table>
      )}
      <NewScrapeDialog cluster={cluster} open={adding} onClose={() => setAdding(false)} />
    </section>
  );
}

function Row(props: { scrape: ScrapeBody; cluster: string; edits: boolean }) {
  const { scrape, cluster } = props;
  const t = useTranslations('service.scrape');
  const queries = useQueryClient();
  const removing = useMutation({
    mutationFn: removeScrape,
    onSuccess: () => queries.invalidateQueries({ queryKey: ['cluster', cluster, 'scrapes'] }),
  });
  const { error, last_ok_at: at } = scrape;
  return (
    <Tr>
      <Td className="whitespace-nowrap font-medium">
        <bdi>{visibleText(scrape.service.name)}</bdi>{' '}
        <bdi className="text-muted">{visibleText(scrape.service.environment)}</bdi>
      </Td>
      <Td label={t('url')}>
        <bdi className="break-all font-mono text-[12px]">{visibleText(scrape.url)}</bdi>
        {error && (
          <span className="block text-[12px] text-warning">
            {visibleText(error.message)}
            {error.fix && <span className="text-muted"> {visibleText(error.fix)}</span>}
          </span>
        )}
      </Td>
      <Td label={t('read')} className="whitespace-nowrap">
        <span className="inline-flex items-center gap-1.5">
          <StatusMark status={error ? 'warning' : at === null ? 'unknown' : 'ok'} />
          {at === null ? t('never') : <Ago at={at} />}
        </span>
      </Td>
      <Td className="text-right">
        {props.edits && (
          <Button
            size="small"
            disabled={removing.isPending}
            aria-label={t('removeOf', { name: scrape.service.name })}
            onClick={() => removing.mutate(scrape.id)}
          >
            {t('remove')}
          </Button>
        )}
      </Td>
    </Tr>
  );
}
