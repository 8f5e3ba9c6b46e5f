/** Every rule: the defaults of the metrics, those that were changed, those that were made. */
'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import { useMemo, useState } from 'react';
import { Failure, LoadingRows } from '@/components/screen/Faces';
import { Screen } from '@/components/screen/Screen';
import { Badge } from '@/components/ui/Badge';
import { Button } from '@/components/ui/Button';
import { Input } from '@/components/ui/Input';
import { Table, Td, Th, Tr } from '@/components/ui/Table';
import { derivedMetrics } from '@/lib/alert/derived-rules';
import { changeRule, dropRule, rulesOptions } from '@/lib/client/alerts';
import type { RuleBody } from '@/lib/contract';
import { formatMs, formatQuantity, type Quantity } from '@/lib/format/quantity';
import type { Locale } from '@/lib/i18n/locale';
import { AlertTabs } from './AlertTabs';
import { RuleDialog } from './RuleDialog';

export function RulesScreen() {
  const t = useTranslations('alerts');
  const locale = useLocale() as Locale;
  const queries = useQueryClient();
  const query = useQuery(rulesOptions());
  const [search, setSearch] = useState('');
  const [editing, setEditing] = useState<RuleBody | 'new' | null>(null);
  const after = { onSuccess: () => queries.invalidateQueries({ queryKey: ['rules'] }) };
  const switching = useMutation({ mutationFn: changeRule, ...after });
  const dropping = useMutation({ mutationFn: dropRule, ...after });
  const failed = switching.error ?? dropping.error;
  const rules = query.data?.rules;
  const shown = useMemo(() => {
    const wanted = search.trim().toLowerCase();
    return (rules ?? []).filter((rule) =>
      [rule.id, rule.says.en, rule.says.ja, rule.column].some((text) =>
        text.toLowerCase().includes(wanted),
      ),
    );
  }, [rules, search]);
  return (
    <Screen
      title={t('tab.rules')}
      lead={t('rules.lead')}
      actions={
        <Button variant="primary" onClick={() => setEditing('new')}>
          {t('rules.new')}
        </Button>
      }
    >
      <AlertTabs current="rules" />
      {query.error && !rules && (
        <Failure title={t('error')} error={query.error} retry={() => void query.refetch()} />
      )}
      {!query.error && !rules && <LoadingRows rows={8} />}
      {failed && (
        <p role="alert" className="text-critical">
          {failed.message}
        </p>
      )}
      {rules && (
        <>
          <Input
            type="search"
            aria-label={t('rules.search')}
            placeholder={t('rules.search')}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
            className="max-w-sm"
          />
          <div className="rounded-md border border-line bg-raised">
            <Table stack caption={t('tab.rules')}>
              <thead>
                <tr>
                  <Th>{t('rules.rule')}</Th>
                  <Th>{t('rules.threshold')}</Th>
                  <Th>{t('rules.for')}</Th>
                  <Th>{t('rules.useful')}</Th>
                  <Th>
                    <span className="sr-only">{t('rules.edit')}</span>
                  </Th>
                </tr>
              </thead>
              <tbody>
                {shown.map((rule) => (
                  <Tr key={rule.id} className={rule.enabled ? '' : 'text-muted'}>
                    <Td>
                      <span className="flex min-w-0 flex-col">
                        <span className="flex flex-wrap items-center gap-2 font-medium">
                          {rule.says[locale]}
                          {rule.firing > 0 && (
                            <Badge tone="critical">
                              {t('rules.firing', { count: rule.firing })}
                            </Badge>
                          )}
                          {rule.origin !== 'default' && (
                            <Badge>{t(`rules.origin.${rule.origin}`)}</Badge>
                          )}
                          {!rule.enabled && <Badge>{t('rules.off')}</Badge>}
                        </span>
                        <span className="break-all font-mono text-[12px] text-muted">
                          {rule.id}
                        </span>
                      </span>
                    </Td>
                    <Td label={t('rules.threshold')}>{thresholds(rule, locale)}</Td>
                    <Td label={t('rules.for')}>{formatMs(rule.for_ms, locale)}</Td>
                    <Td label={t('rules.useful')}>
                      {t('rules.usefulOf', { fired: rule.fired, acked: rule.acknowledged })}
                    </Td>
                    <Td className="text-right">
                      <span className="flex flex-wrap justify-end gap-1">
                        {!derivedMetrics.includes(rule.metric) && (
                          <Button size="small" onClick={() => setEditing(rule)}>
                            {t('rules.edit')}
                          </Button>
                        )}
                        <Button
                          size="small"
                          disabled={switching.isPending}
                          onClick={() => switching.mutate({ id: rule.id, enabled: !rule.enabled })}
                        >
                          {rule.enabled ? t('rules.disable') : t('rules.enable')}
                        </Button>
                        {rule.origin !== 'default' && (
                          <Button
                            size="small"
                            disabled={dropping.isPending}
                            onClick={() => dropping.mutate(rule.id)}
                          >
                            {rule.origin === 'custom' ? t('delete') : t('rules.reset')}
                          </Button>
                        )}
                      </span>
                    </Td>
                  </Tr>
                ))}
              </tbody>
            </Table>
          </div>
        </>
      )}
      {editing && (
        <RuleDialog rule={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />
      )}
    </Screen>
  );
}

function thresholds(rule: RuleBody, locale: Locale): string {
  const quantity = { unit: rule.unit as Quantity['unit'], perSecond: rule.per_second };
  const sign = rule.direction === 'above' ? '>' : '<';
  return [rule.warning, rule.critical]
    .filter((bound) => bound !== null)
    .map((bound) => `${sign} ${formatQuantity(bound, quantity, locale)}`)
    .join(' / ');
}
