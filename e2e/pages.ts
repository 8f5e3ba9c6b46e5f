/** Every page of the product with an address that shows something, found through the API. */
import type { APIRequestContext } from 'playwright';

export type PageAddress = { name: string; path: string };

type Listed = { instances: { id: string; cluster_id: string; role: string }[] };
type Ranked = { statements: { id: string; kind: string; calls: number }[] };
type Explained = { status: string; plan?: { id: string } };

async function read<T>(request: APIRequestContext, url: string, path: string): Promise<T | null> {
  const answer = await request.get(new URL(path, url).href);
  return answer.ok() ? ((await answer.json()) as T) : null;
}

/** @param request one that is signed in. */
export async function findPages(request: APIRequestContext, url: string): Promise<PageAddress[]> {
  const pages: PageAddress[] = [
    { name: 'fleet', path: '/' },
    { name: 'instances', path: '/instances' },
    { name: 'instance-new', path: '/instances/new' },
    { name: 'reference', path: '/reference' },
    { name: 'settings-tokens', path: '/settings?tab=tokens' },
    { name: 'settings-users', path: '/settings?tab=users' },
    { name: 'settings-sessions', path: '/settings?tab=sessions' },
    { name: 'not-found', path: '/there-is-no-such-page' },
  ];
  const listed = await read<Listed>(request, url, '/api/v1/instances');
  const instance = listed?.instances.find(({ role }) => role === 'primary') ?? listed?.instances[0];
  if (!instance) return pages;
  const cluster = `/clusters/${instance.cluster_id}`;
  pages.push(
    { name: 'instance-open', path: `/instances?instance=${instance.id}` },
    { name: 'instance-edit', path: `/instances/${instance.id}/edit` },
    { name: 'cluster', path: cluster },
    { name: 'statements', path: `${cluster}/statements` },
  );
  const ranked = await read<Ranked>(
    request,
    url,
    `/api/v1/statements?cluster=${instance.cluster_id}&limit=50`,
  );
  const statement = ranked?.statements.find(({ kind }) => /select/i.test(kind));
  if (!statement) return pages;
  const id = encodeURIComponent(statement.id);
  pages.push({ name: 'statement', path: `${cluster}/statements/${id}` });
  const answer = await request.post(new URL(`/api/v1/statements/${id}/explain`, url).href, {
    headers: { origin: new URL(url).origin },
    data: { instance: instance.id },
  });
  const explained = answer.ok() ? ((await answer.json()) as Explained) : null;
  if (explained?.plan) pages.push({ name: 'plan', path: `/plans/${explained.plan.id}` });
  return pages;
}
