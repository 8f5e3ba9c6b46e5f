'use client';

import { useQuery } from '@tanstack/react-query';
import { Command } from 'cmdk';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { clustersOptions } from '@/lib/client/clusters';
import { instancesOptions } from '@/lib/client/instances';
import { useRangeQuery } from '@/lib/client/use-address';
import { places } from './keys';

const item =
  'flex cursor-pointer items-center justify-between rounded-md px-2 py-1.5 data-[selected=true]:bg-selected';

/** Finds clusters, instances and pages by name. */
export function PaletteDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations('shell');
  const router = useRouter();
  const query = useRangeQuery();
  const clusters = useQuery(clustersOptions());
  const instances = useQuery(instancesOptions());
  const go = (path: string) => {
    onClose();
    const [page, own] = path.split('?');
    const kept = own ? query.replace('?', '&') : query;
    router.push(`${page}${own ? `?${own}` : ''}${kept}`);
  };
  return (
    <Command.Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      label={t('palette.label')}
      overlayClassName="fixed inset-0 z-40 bg-black/60"
      contentClassName="fixed top-24 left-1/2 z-50 w-[min(36rem,92vw)] -translate-x-1/2 rounded-md border border-line-strong bg-overlay p-2"
    >
      <Command.Input
        autoFocus
        placeholder={t('palette.placeholder')}
        className="mb-2 h-9 w-full rounded-md border border-line-strong bg-sunken px-3"
      />
      <Command.List className="max-h-80 overflow-y-auto">
        <Command.Empty className="p-3 text-muted">{t('palette.empty')}</Command.Empty>
        <Command.Group heading={t('palette.clusters')}>
          {clusters.data?.clusters.map((one) => (
            <Command.Item
              key={one.id}
              value={`cluster ${one.name}`}
              className={item}
              onSelect={() => go(`/clusters/${one.id}`)}
            >
              <bdi>{one.name}</bdi>
            </Command.Item>
          ))}
          {clusters.data?.clusters.map((one) => (
            <Command.Item
              key={`${one.id} statements`}
              value={`statements ${one.name}`}
              className={item}
              onSelect={() => go(`/clusters/${one.id}/statements`)}
            >
              <bdi>{one.name}</bdi> <span className="text-muted">{t('palette.statements')}</span>
            </Command.Item>
          ))}
          {clusters.data?.clusters.map((one) => (
            <Command.Item
              key={`${one.id} tables`}
              value={`tables ${one.name}`}
              className={item}
              onSelect={() => go(`/clusters/${one.id}/tables`)}
            >
              <bdi>{one.name}</bdi> <span className="text-muted">{t('palette.tables')}</span>
            </Command.Item>
          ))}
          {clusters.data?.clusters.map((one) => (
            <Command.Item
              key={`${one.id} advice`}
              value={`advice ${one.name}`}
              className={item}
              onSelect={() => go(`/clusters/${one.id}/advice`)}
            >
              <bdi>{one.name}</bdi> <span className="text-muted">{t('palette.advice')}</span>
            </Command.Item>
          ))}
        </Command.Group>
        <Command.Group heading={t('palette.instances')}>
          {instances.data?.instances.map((one) => (
            <Command.Item
              key={one.id}
              value={`instance ${one.name} ${one.host}`}
              className={item}
              onSelect={() => go(`/instances?instance=${one.id}`)}
            >
              <bdi>{one.name}</bdi> <span className="text-muted">{one.host}</span>
            </Command.Item>
          ))}
          {instances.data?.instances.map((one) => (
            <Command.Item
              key={`${one.id} settings`}
              value={`server settings ${one.name}`}
              className={item}
              onSelect={() => go(`/instances/${one.id}/settings`)}
            >
              <bdi>{one.name}</bdi>{' '}
              <span className="text-muted">{t('palette.serverSettings')}</span>
            </Command.Item>
          ))}
        </Command.Group>
        <Command.Group heading={t('palette.pages')}>
          {places.map(({ key, href, name }) => (
            <Command.Item
              key={name}
              value={`page ${t(`nav.${name}`)}`}
              className={item}
              onSelect={() => go(href)}
            >
              {t(`nav.${name}`)}
              <kbd className="text-muted">g {key}</kbd>
            </Command.Item>
          ))}
          <Command.Item
            value={`page ${t('palette.readPlan')} explain`}
            className={item}
            onSelect={() => go('/plans/new')}
          >
            {t('palette.readPlan')}
          </Command.Item>
        </Command.Group>
      </Command.List>
    </Command.Dialog>
  );
}
