'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Ago } from '@/components/screen/Ago';
import { Failure, LoadingRows } from '@/components/screen/Faces';
import { visibleText } from '@/components/statement/sql-tokens';
import { Badge } from '@/components/ui/Badge';
import { Button } from '@/components/ui/Button';
import { Table, Td, Th, Tr } from '@/components/ui/Table';
import { changeUser, usersOptions } from '@/lib/client/admin';
import type { Role, UserBody } from '@/lib/contract';
import { NewUserDialog } from './NewUserDialog';
import { ROLES, RoleSelect } from './RoleSelect';

/** Who may sign in and what they may do. Nobody changes their own role here, so an administrator always remains. */
export function UsersTab({ enabled, own }: { enabled: boolean; own: string | null }) {
  const t = useTranslations('settings');
  const queries = useQueryClient();
  const query = useQuery({ ...usersOptions(), enabled });
  const [adding, setAdding] = useState(false);
  const changing = useMutation({
    mutationFn: ({ id, patch }: { id: string; patch: { role?: Role; disabled?: boolean } }) =>
      changeUser(id, patch),
    onSettled: () => queries.invalidateQueries({ queryKey: ['users'] }),
  });
  const users = query.data?.users;
  return (
    <section className="flex flex-col gap-4">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <p className="max-w-prose text-muted leading-relaxed">{t('users.lead')}</p>
        <Button variant="primary" onClick={() => setAdding(true)}>
          {t('users.new')}
        </Button>
      </div>
      {changing.error && (
        <p role="alert" className="text-critical">
          {t('users.saveFailed')}: {changing.error.message}
        </p>
      )}
      {query.error && !users && (
        <Failure title={t('users.error')} error={query.error} retry={() => void query.refetch()} />
      )}
      {!query.error && !users && <LoadingRows rows={3} />}
      {users && (
        <div className="rounded-md border border-line bg-raised">
          <Table stack caption={t('tab.users')}>
            <thead>
              <tr>
                {(['email', 'name', 'role', 'created', 'state'] as const).map((name) => (
                  <Th key={name}>{t(`users.column.${name}`)}</Th>
                ))}
                <Th>
                  <span className="sr-only">{t('users.disable')}</span>
                </Th>
              </tr>
            </thead>
            <tbody>
              {users.map((user) => (
                <Row
                  key={user.id}
                  user={user}
                  own={user.email === own}
                  change={(patch) => changing.mutate({ id: user.id, patch })}
                />
              ))}
            </tbody>
          </Table>
        </div>
      )}
      <NewUserDialog open={adding} onClose={() => setAdding(false)} />
    </section>
  );
}

function Row(props: {
  user: UserBody;
  own: boolean;
  change: (patch: { role?: Role; disabled?: boolean }) => void;
}) {
  const { user, own, change } = props;
  const t = useTranslations('settings');
  const name = visibleText(user.name);
  return (
    <Tr className={user.disabled ? 'text-muted' : ''}>
      <Td className="font-medium">
        {visibleText(user.email)} {own && <Badge tone="accent">{t('users.you')}</Badge>}
      </Td>
      <Td label={t('users.column.name')}>{name}</Td>
      <Td label={t('users.column.role')} className="min-w-32">
        {own ? (
          t(`role.${user.role}`)
        ) : (
          <RoleSelect
            roles={ROLES}
            aria-label={t('users.roleOf', { name })}
            value={user.role}
            onRole={(role) => change({ role })}
          />
        )}
      </Td>
      <Td label={t('users.column.created')}>
        <Ago at={user.created_at} />
      </Td>
      <Td label={t('users.column.state')}>
        <Badge tone={user.disabled ? 'unknown' : 'ok'}>
          {user.disabled
            ? t('users.disabled')
            : user.password_set
              ? t('users.active')
              : t('users.invited')}
        </Badge>
      </Td>
      <Td className="text-right">
        {!own && (
          <Button
            size="small"
            title={user.disabled ? undefined : t('users.disableBody')}
            aria-label={t(user.disabled ? 'users.enableOf' : 'users.disableOf', { name })}
            onClick={() => change({ disabled: !user.disabled })}
          >
            {user.disabled ? t('users.enable') : t('users.disable')}
          </Button>
        )}
      </Td>
    </Tr>
  );
}
