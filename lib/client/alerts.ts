import { queryOptions } from '@tanstack/react-query';
import type {
  AlertBody,
  BacktestBody,
  ChannelBody,
  ChannelTestBody,
  DeliveryBody,
  RuleBody,
  SilenceBody,
} from '@/lib/contract';
import { call, withQuery } from './call';

const fresh = { refetchInterval: 10_000 };

export function alertsOptions(state: 'open' | 'all') {
  return queryOptions({
    queryKey: ['alerts', state],
    queryFn: ({ signal }) =>
      call<{ alerts: AlertBody[]; evaluated_at: number | null }>(withQuery('/alerts', { state }), {
        signal,
      }),
    ...fresh,
  });
}

export const acknowledge = (id: string, hours: number) =>
  call<AlertBody>(`/alerts/${encodeURIComponent(id)}/ack`, { method: 'POST', body: { hours } });

export function rulesOptions() {
  return queryOptions({
    queryKey: ['rules'],
    queryFn: ({ signal }) =>
      call<{ rules: RuleBody[]; evaluated_at: number | null }>('/rules', { signal }),
  });
}

/** The deciding part of a rule, as the form has it. */
export type RuleDraft = Pick<
  RuleBody,
  'direction' | 'warning' | 'critical' | 'for_ms' | 'recovery' | 'keep_firing_ms'
>;

export const makeRule = (
  input: RuleDraft & { metric: string; column: string; says: { en: string; ja: string } },
) => call<RuleBody>('/rules', { method: 'POST', body: input });

export const changeRule = (
  patch: { id: string; enabled?: boolean; runbook?: string | null } & Partial<RuleDraft>,
) => call<RuleBody>('/rules', { method: 'PATCH', body: patch });

export const dropRule = (id: string) =>
  call<void>(withQuery('/rules', { id }), { method: 'DELETE' });

export const backtestRule = (
  input: RuleDraft & { metric: string; column: string; scope: Record<string, string> },
) => call<BacktestBody>('/rules/backtest', { method: 'POST', body: input });

export function silencesOptions() {
  return queryOptions({
    queryKey: ['silences'],
    queryFn: ({ signal }) => call<{ silences: SilenceBody[] }>('/silences', { signal }),
    ...fresh,
  });
}

export const addSilence = (input: {
  kind: 'silence' | 'maintenance';
  rule?: string;
  instance?: string;
  ends_at: number;
  reason: string;
}) => call<SilenceBody>('/silences', { method: 'POST', body: input });

export const endSilence = (id: string) =>
  call<void>(`/silences/${encodeURIComponent(id)}`, { method: 'DELETE' });

export function channelsOptions() {
  return queryOptions({
    queryKey: ['channels'],
    queryFn: ({ signal }) => call<{ channels: ChannelBody[] }>('/channels', { signal }),
    ...fresh,
  });
}

export type ChannelDraft = {
  name: string;
  kind: ChannelBody['kind'];
  language: 'en' | 'ja';
  zone: string;
  least_level: 'warning' | 'critical';
  allow_private: boolean;
  url?: string;
  key?: string;
  smtp?: NonNullable<ChannelBody['smtp']>;
};

export const addChannel = (input: ChannelDraft) =>
  call<ChannelBody>('/channels', { method: 'POST', body: input });

export const changeChannel = (id: string, patch: { enabled: boolean }) =>
  call<ChannelBody>(`/channels/${encodeURIComponent(id)}`, { method: 'PATCH', body: patch });

export const dropChannel = (id: string) =>
  call<void>(`/channels/${encodeURIComponent(id)}`, { method: 'DELETE' });

export const testChannel = (id: string) =>
  call<ChannelTestBody>(`/channels/${encodeURIComponent(id)}/test`, { method: 'POST' });

export function deliveriesOptions() {
  return queryOptions({
    queryKey: ['deliveries'],
    queryFn: ({ signal }) => call<{ deliveries: DeliveryBody[] }>('/deliveries', { signal }),
    ...fresh,
  });
}

export const replayDelivery = (id: string) =>
  call<void>(`/deliveries/${encodeURIComponent(id)}/replay`, { method: 'POST' });
