/** API tokens, users and their roles, and one's own sessions. */
'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Screen } from '@/components/screen/Screen';
import { EmptyState } from '@/components/ui/EmptyState';
import { Tabs } from '@/components/ui/Tabs';
import { meOptions } from '@/lib/client/admin';
import { useAddress } from '@/lib/client/use-address';
import { SessionsTab } from './SessionsTab';
import { TokensTab } from './TokensTab';
import { UsersTab } from './UsersTab';
import { WallsTab } from './WallsTab';

const TABS = ['tokens', 'users', 'walls', 'sessions'] as const;
type TabName = (typeof TABS)[number];

export function SettingsScreen() {
  const t = useTranslations('settings');
  const { get } = useAddress();
  const me = useQuery(meOptions());
  const admin = me.data?.role === 'admin';
  const asked = TABS.find((tab) => tab === get('tab'));
  const tab: TabName = asked ?? (me.data && !admin ? 'sessions' : 'tokens');
  const mayWalls = admin || me.data?.role === 'editor';
  const forbidden = me.data && !(tab === 'walls' ? mayWalls : admin) && tab !== 'sessions';
  return (
    <Screen title={t('title')}>
      <Tabs
        label={t('title')}
        current={tab}
        tabs={TABS.map((id) => ({ id, label: t(`tab.${id}`), href: `?tab=${id}` }))}
      />
      {forbidden && me.data && (
        <EmptyState title={t(`tab.${tab}`)}>
          {t('forbidden', { role: t(`role.${me.data.role}`) })}
        </EmptyState>
      )}
      {!forbidden && tab === 'tokens' && <TokensTab enabled={admin} />}
      {!forbidden && tab === 'users' && <UsersTab enabled={admin} own={me.data?.email ?? null} />}
      {!forbidden && tab === 'walls' && <WallsTab enabled={mayWalls} />}
      {tab === 'sessions' && <SessionsTab />}
    </Screen>
  );
}
