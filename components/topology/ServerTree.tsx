'use client';

/** Servers and those that follow them, from left to right; on a narrow screen from top to bottom. */
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { type Status, StatusMark } from '@/components/ui/StatusMark';
import type { InstanceBody } from '@/lib/contract';
import { nameOfEngine } from '@/lib/metric/engine-source';
import { LagEdge } from './LagEdge';
import { foldHealthy, type Place } from './place-members';

const states: Record<InstanceBody['state'], Status> = {
  up: 'ok',
  down: 'critical',
  unknown: 'unknown',
};

export function ServerTree({ places }: { places: readonly Place[] }) {
  return (
    <ul className="flex flex-col gap-3">
      {places.map((place) => (
        <Branch key={keyOf(place)} place={place} />
      ))}
    </ul>
  );
}

const keyOf = ({ instance, address }: Place) => instance?.id ?? `at ${address}`;

function Branch({ place }: { place: Place }) {
  const t = useTranslations('cluster');
  const { shown, folded } = foldHealthy(place.below);
  // Many without followers of their own fit in two columns.
  const wide = place.below.length > 4 && place.below.every((one) => one.below.length === 0);
  const list = wide ? 'grid gap-x-6 gap-y-2 xl:grid-cols-2' : 'flex flex-col gap-2';
  const below = (some: readonly Place[]) =>
    some.map((one) => (
      <li
        key={keyOf(one)}
        className="flex items-start gap-3 max-sm:flex-col max-sm:items-stretch max-sm:gap-1"
      >
        <div className="flex w-44 shrink-0 flex-col gap-2 max-sm:w-full">
          {one.streams.map((stream) => (
            <LagEdge key={stream.channel} stream={stream} />
          ))}
        </div>
        <ul className="min-w-0 flex-1">
          <Branch place={one} />
        </ul>
      </li>
    ));
  return (
    <li className="flex items-start gap-3 max-sm:flex-col max-sm:items-stretch">
      <Node place={place} />
      {place.below.length > 0 && (
        <div className="flex min-w-0 flex-1 flex-col gap-2 border-line border-l pl-3">
          <ul className={list}>{below(shown)}</ul>
          {folded.length > 0 && (
            <details>
              <summary className="cursor-pointer text-[12px] text-muted">
                {t('foldedReplicas', { count: folded.length })}
              </summary>
              <ul className={`mt-2 ${list}`}>{below(folded)}</ul>
            </details>
          )}
        </div>
      )}
    </li>
  );
}

function Node({ place: { instance, address } }: { place: Place }) {
  const t = useTranslations('cluster');
  if (instance === null)
    return (
      <span className="flex w-44 shrink-0 items-center gap-2 rounded-md border border-line-strong border-dashed px-3 py-2 max-sm:w-full">
        <StatusMark status="unknown" />
        <span className="flex min-w-0 flex-col">
          <bdi className="truncate font-medium">{address}</bdi>
          <span className="text-[12px] text-muted">{t('notWatched')}</span>
        </span>
      </span>
    );
  return (
    <Link
      href={`/instances?instance=${instance.id}`}
      className="flex w-44 shrink-0 items-center gap-2 rounded-md border border-line-strong bg-page px-3 py-2 hover:bg-hover max-sm:w-full"
    >
      <StatusMark status={states[instance.state]} />
      <span className="flex min-w-0 flex-col">
        <bdi className="truncate font-medium" title={instance.name}>
          {instance.name}
        </bdi>
        <span className="truncate text-[12px] text-muted">
          {t(`role.${instance.role}`)} · {nameOfEngine(instance.engine)} {instance.version ?? '—'}
        </span>
      </span>
    </Link>
  );
}
