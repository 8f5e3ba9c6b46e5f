import { queryOptions } from '@tanstack/react-query';
import type { WallBody, WallInput, WallMadeBody, WallPatch } from '@/lib/contract';
import { call } from './call';

export function wallsOptions() {
  return queryOptions({
    queryKey: ['walls'],
    queryFn: ({ signal }) => call<{ walls: WallBody[] }>('/walls', { signal }),
    refetchInterval: 30_000,
  });
}

/** The answer is the only one that holds the link. */
export function createWall(input: WallInput) {
  return call<WallMadeBody>('/walls', { method: 'POST', body: input });
}

export function changeWall(id: string, patch: WallPatch) {
  return call<WallBody>(`/walls/${encodeURIComponent(id)}`, { method: 'PATCH', body: patch });
}

export function revokeWall(id: string): Promise<void> {
  return call<void>(`/walls/${encodeURIComponent(id)}`, { method: 'DELETE' });
}
