import { queryOptions } from '@tanstack/react-query';
import type { ActivityBody, ProgressBody, SessionBody, SignalBody } from '@/lib/contract';
import { call, withQuery } from './call';

/** Live sessions of an instance: asked every two seconds, as often as they are read while somebody looks. */
export function activityOptions(instance: string) {
  return queryOptions({
    queryKey: ['activity', instance],
    queryFn: ({ signal }) => call<ActivityBody>(withQuery('/activity', { instance }), { signal }),
    refetchInterval: 2000,
  });
}

/** Long operations under way: asked as often as they are read. */
export function progressOptions(instance: string) {
  return queryOptions({
    queryKey: ['progress', instance],
    queryFn: ({ signal }) => call<ProgressBody>(withQuery('/progress', { instance }), { signal }),
    refetchInterval: 10_000,
  });
}

/** Cancels what a session runs, or ends the session. */
export function signalSession(
  verb: 'cancel' | 'terminate',
  instance: string,
  { pid, started }: SessionBody,
): Promise<SignalBody> {
  return call<SignalBody>(`/activity/${verb}`, {
    method: 'POST',
    body: { instance, pid, started },
  });
}
