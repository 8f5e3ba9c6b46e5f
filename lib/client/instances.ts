import { queryOptions } from '@tanstack/react-query';
import type {
  InstanceBody,
  InstanceHealthBody,
  InstanceInput,
  InstancePatch,
  InstanceTestBody,
} from '@/lib/contract';
import { call } from './call';

/** Every instance, with what was last seen of it. */
export function instancesOptions() {
  return queryOptions({
    queryKey: ['instances'],
    queryFn: ({ signal }) => call<{ instances: InstanceBody[] }>('/instances', { signal }),
    refetchInterval: 10_000,
  });
}

export function instanceOptions(id: string) {
  return queryOptions({
    queryKey: ['instance', id],
    queryFn: ({ signal }) => call<InstanceBody>(`/instances/${encodeURIComponent(id)}`, { signal }),
  });
}

/** Per metric whether it is read, and what watching costs. */
export function instanceHealthOptions(id: string) {
  return queryOptions({
    queryKey: ['instance-health', id],
    queryFn: ({ signal }) =>
      call<InstanceHealthBody>(`/instances/${encodeURIComponent(id)}/health`, { signal }),
    refetchInterval: 30_000,
  });
}

export function createInstance(input: Partial<InstanceInput>): Promise<InstanceBody> {
  return call<InstanceBody>('/instances', { method: 'POST', body: input });
}

export function changeInstance(id: string, patch: InstancePatch): Promise<InstanceBody> {
  return call<InstanceBody>(`/instances/${encodeURIComponent(id)}`, {
    method: 'PATCH',
    body: patch,
  });
}

export function deleteInstance(id: string): Promise<void> {
  return call<void>(`/instances/${encodeURIComponent(id)}`, { method: 'DELETE' });
}

/** Connects once and says what would be seen; stores nothing. */
export function testInstance(body: Record<string, unknown>): Promise<InstanceTestBody> {
  return call<InstanceTestBody>('/instances/test', { method: 'POST', body });
}
