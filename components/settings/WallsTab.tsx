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
import { revokeWall, wallsOptions } from '@/lib/client/walls';
import type { WallBody } from '@/lib/contract';
import { WallDialog } from './WallDialog';

/** Screens without a login: what each shows, who looks, and an end to it. */
export function WallsTab({ enabled }: { enabled: boolean }) {
  const t = useTranslations('walls');
  const query = useQuery({ ...wallsOptions(), enabled });
  const [editing, setEditing] = useState<WallBody | 'new' | null>(null);
  const [revoking, setRevoking] = useState<WallBody | null>(null);
  const walls = query.data?.walls;
  return (
    <section className="flex flex-col gap-4">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <p className="max-w-prose text-muted leading-relaxed">{t('lead')}</p>
        <Button variant="primary" onClick={() => setEditing('new')}>
          {t('new')}
        </Button>
      </div>
      {query.error && !walls && (
        <Failure title={t('error')} error={query.error} retry={() => void query.refetch()} />
      )}
      {!query.error && !walls && <LoadingRows rows={3} />}
      {walls?.length === 0 && <EmptyState title={t('emptyTitle')}>{t('emptyBody')}</EmptyState>}
      {walls && walls.length > 0 && (
        <div className="rounded-md border border-line bg-raised">
          <Table stack caption={t('title')}>
            <thead>
              <tr>
                {(['name', 'shows', 'by', 'lastSeen', 'expires'] as const).map((name) => (
                  <Th key={name}>{t(`column.${name}`)}</Th>
                ))}
                <Th>
                  <span className="sr-only">{t('column.actions')}</span>
                </Th>
              </tr>
            </thead>
            <tbody>
              {walls.map((wall) => (
                <WallRow key={wall.id} wall={wall} edit={setEditing} revoke={setRevoking} />
              ))}
            </tbody>
          </Table>
        </div>
      )}
      {editing && (
        <WallDialog wall={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />
      )}
      <RevokeDialog wall={revoking} onClose={() => setRevoking(null)} />
    </section>
  );
}

function WallRow(props: {
  wall: WallBody;
  edit: (wall: WallBody) => void;
  revoke: (wall: WallBody) => void;
}) {
  const { wall, edit, revoke } = props;
  const t = useTranslations('walls');
  const shows = [
    wall.clusters === null ? t('allClusters') : t('countClusters', { count: wall.clusters.length }),
    ...wall.panels.map((panel) => t(`panel.${panel}`)),
  ];
  return (
    <Tr className={wall.revoked_at === null ? '' : 'text-muted'}>
      <Td className="font-medium">{wall.name}</Td>
      <Td label={t('column.shows')}>
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          {shows.join(' · ')}
          {wall.names && <Badge tone="warning">{t('withNames')}</Badge>}
          {wall.sql && <Badge tone="warning">{t('withSql')}</Badge>}
        </span>
      </Td>
      <Td label={t('column.by')}>{wall.created_by}</Td>
      <Td label={t('column.lastSeen')}>
        {wall.last_seen === null ? (
          t('neverSeen')
        ) : (
          <>
            <Ago at={wall.last_seen} /> · {t('addresses', { count: wall.addresses })}
          </>
        )}
      </Td>
      <Td label={t('column.expires')}>
        {wall.revoked_at !== null ? (
          <Badge>{t('revoked')}</Badge>
        ) : wall.expires_at === null ? (
          t('neverExpires')
        ) : wall.expires_at < Date.now() ? (
          <Badge tone="warning">{t('expired')}</Badge>
        ) : (
          <Moment at={wall.expires_at} />
        )}
      </Td>
      <Td className="text-right">
        {wall.revoked_at === null && (
          <span className="inline-flex gap-2">
            <Button
              size="small"
              aria-label={t('change', { name: wall.name })}
              onClick={() => edit(wall)}
            >
              {t('edit')}
            </Button>
            <Button
              size="small"
              aria-label={t('revokeOf', { name: wall.name })}
              onClick={() => revoke(wall)}
            >
              {t('revoke')}
            </Button>
          </span>
        )}
      </Td>
    </Tr>
  );
}

function RevokeDialog({ wall, onClose }: { wall: WallBody | null; onClose: () => void }) {
  const t = useTranslations('walls');
  const queries = useQueryClient();
  const revoking = useMutation({
    mutationFn: revokeWall,
    onSuccess: async () => {
      onClose();
      await queries.invalidateQueries({ queryKey: ['walls'] });
    },
  });
  return (
    <Dialog
      open={wall !== null}
      title={t('revokeOf', { name: wall?.name ?? '' })}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button
            variant="danger"
            disabled={revoking.isPending}
            onClick={() => wall && revoking.mutate(wall.id)}
          >
            {t('revoke')}
          </Button>
        </>
      }
    >
      <p>{t('revokeBody')}</p>
      {revoking.error && (
        <p role="alert" className="mt-2 text-critical">
          {t('failed')}: {revoking.error.message}
        </p>
      )}
    </Dialog>
  );
}
