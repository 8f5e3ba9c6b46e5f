'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Ago, Moment } from '@/components/screen/Ago';
import { Failure, LoadingRows } from '@/components/screen/Faces';
import { Badge } from '@/components/ui/Badge';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { EmptyState } from '@/components/ui/EmptyState';
import { Table, Td, Th, Tr } from '@/components/ui/Table';
import { revokeToken, tokensOptions } from '@/lib/client/admin';
import type { TokenBody } from '@/lib/contract';
import { NewTokenDialog } from './NewTokenDialog';

/** Tokens for scripts and other tools. */
export function TokensTab({ enabled }: { enabled: boolean }) {
  const t = useTranslations('settings');
  const query = useQuery({ ...tokensOptions(), enabled });
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<TokenBody | null>(null);
  const tokens = query.data?.tokens;
  return (
    <section className="flex flex-col gap-4">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <p className="max-w-prose text-muted leading-relaxed">
          {t('tokens.lead')}{' '}
          <a href="/api/v1/openapi.json" className="text-accent underline underline-offset-2">
            {t('tokens.docs')}
          </a>
        </p>
        <Button variant="primary" onClick={() => setMaking(true)}>
          {t('tokens.new')}
        </Button>
      </div>
      {query.error && !tokens && (
        <Failure title={t('tokens.error')} error={query.error} retry={() => void query.refetch()} />
      )}
      {!query.error && !tokens && <LoadingRows rows={3} />}
      {tokens?.length === 0 && (
        <EmptyState title={t('tokens.empty.title')}>{t('tokens.empty.body')}</EmptyState>
      )}
      {tokens && tokens.length > 0 && (
        <div className="rounded-md border border-line bg-raised">
          <Table stack caption={t('tab.tokens')}>
            <thead>
              <tr>
                {(['name', 'role', 'by', 'created', 'lastUsed', 'expires'] as const).map((name) => (
                  <Th key={name}>{t(`tokens.column.${name}`)}</Th>
                ))}
                <Th>
                  <span className="sr-only">{t('tokens.revoke')}</span>
                </Th>
              </tr>
            </thead>
            <tbody>
              {tokens.map((token) => (
                <Tr key={token.id} className={token.revoked_at === null ? '' : 'text-muted'}>
                  <Td className="font-medium">{token.name}</Td>
                  <Td label={t('tokens.column.role')}>{t(`role.${token.role}`)}</Td>
                  <Td label={t('tokens.column.by')}>{token.created_by}</Td>
                  <Td label={t('tokens.column.created')}>
                    <Ago at={token.created_at} />
                  </Td>
                  <Td label={t('tokens.column.lastUsed')}>
                    {token.last_used === null ? (
                      t('tokens.neverUsed')
                    ) : (
                      <Ago at={token.last_used} />
                    )}
                  </Td>
                  <Td label={t('tokens.column.expires')}>
                    <Expiry token={token} />
                  </Td>
                  <Td className="text-right">
                    {token.revoked_at === null && (
                      <Button
                        size="small"
                        aria-label={t('tokens.revokeOf', { name: token.name })}
                        onClick={() => setRevoking(token)}
                      >
                        {t('tokens.revoke')}
                      </Button>
                    )}
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        </div>
      )}
      <NewTokenDialog open={making} onClose={() => setMaking(false)} />
      <RevokeDialog token={revoking} onClose={() => setRevoking(null)} />
    </section>
  );
}

function Expiry({ token }: { token: TokenBody }) {
  const t = useTranslations('settings.tokens');
  if (token.revoked_at !== null) return <Badge>{t('revoked')}</Badge>;
  if (token.expires_at === null) return t('neverExpires');
  if (token.expires_at < Date.now()) return <Badge tone="warning">{t('expired')}</Badge>;
  return <Moment at={token.expires_at} />;
}

function RevokeDialog(props: { token: TokenBody | null; onClose: () => void }) {
  const { token, onClose } = props;
  const t = useTranslations('settings');
  const queries = useQueryClient();
  const revoking = useMutation({
    mutationFn: revokeToken,
    onSuccess: async () => {
      onClose();
      await queries.invalidateQueries({ queryKey: ['tokens'] });
    },
  });
  return (
    <Dialog
      open={token !== null}
      title={t('tokens.revokeTitle', { name: token?.name ?? '' })}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button
            variant="danger"
            disabled={revoking.isPending}
            onClick={() => token && revoking.mutate(token.id)}
          >
            {t('tokens.revoke')}
          </Button>
        </>
      }
    >
      <p>{t('tokens.revokeBody')}</p>
      {revoking.error && (
        <p role="alert" className="mt-2 text-critical">
          {t('tokens.revokeFailed')}: {revoking.error.message}
        </p>
      )}
    </Dialog>
  );
}
