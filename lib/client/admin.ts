import { queryOptions } from '@tanstack/react-query';
import type { CatalogBody, MeBody, Role, TokenBody, TokenRole, UserBody } from '@/lib/contract';
import { call } from './call';

/** Definitions change only with a new build. */
export function catalogOptions() {
  return queryOptions({
    queryKey: ['catalog'],
    queryFn: ({ signal }) => call<CatalogBody>('/catalog', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function meOptions() {
  return queryOptions({
    queryKey: ['me'],
    queryFn: ({ signal }) => call<MeBody>('/me', { signal }),
  });
}

export function endSession(id: string): Promise<void> {
  return call<void>(`/me/sessions/${encodeURIComponent(id)}`, { method: 'DELETE' });
}

export function tokensOptions() {
  return queryOptions({
    queryKey: ['tokens'],
    queryFn: ({ signal }) => call<{ tokens: TokenBody[] }>('/tokens', { signal }),
  });
}

/** The answer is the only one that holds the token itself. */
export function createToken(input: { name: string; role: TokenRole; expires_days: number | null }) {
  return call<TokenBody & { token: string }>('/tokens', { method: 'POST', body: input });
}

export function revokeToken(id: string): Promise<void> {
  return call<void>(`/tokens/${encodeURIComponent(id)}`, { method: 'DELETE' });
}

export function usersOptions() {
  return queryOptions({
    queryKey: ['users'],
    queryFn: ({ signal }) => call<{ users: UserBody[] }>('/users', { signal }),
  });
}

/** `sign_in_path` is the path of a one-time link with which the new user chooses a password. */
export function createUser(input: { email: string; name: string; role: Role }) {
  return call<UserBody & { sign_in_path: string }>('/users', { method: 'POST', body: input });
}

export function changeUser(id: string, patch: { role?: Role; disabled?: boolean }) {
  return call<UserBody>(`/users/${encodeURIComponent(id)}`, { method: 'PATCH', body: patch });
}
