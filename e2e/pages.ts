/** Every page of the product with an address that shows something, found through the API. */
import type { APIRequestContext } from 'playwright';

export type PageAddress = { name: string; path: string };

type Listed = { instances: { id: string; cluster_id: string; role: string }[] };
type Ranked = {
  statements: { id: string; kind: string; user: string | null; calls: number }[];
};
type Explained = { status: string; plan?: { id: string } };

async function read<T>(request: APIRequestContext, url: string, path: string): Promise<T | null> {
  const answer = await request.get(new URL(path, url).href);
  return answer.ok() ? ((await answer.json()) as T) : null;
}

/** Asks until there is an answer to be had; what is watched needs two readings before it ranks. */
async function eventually<T>(patienceMs: number, ask: () => Promise<T | null>): Promise<T | null> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null || Date.now() >= until) return answer;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

/**
 * @param request one that is signed in.
 * @param patienceMs how long to wait for a demo fleet that has only just been started.
 */
export async function findPages(
  request: APIRequestContext,
  url: string,
  patienceMs = 0,
): Promise<PageAddress[]> {
  const pages: PageAddress[] = [
    { name: 'fleet', path: '/' },
    { name: 'instances', path: '/instances' },
    { name: 'instance-new', path: '/instances/new' },
    ...['alerts', 'incidents', 'rules', 'silences', 'channels'].map((name) => ({
      name,
      path: `/${name}`,
    })),
    { name: 'reference', path: '/reference' },
    { name: 'lessons', path: '/learn' },
    { name: 'lesson', path: '/learn/n-plus-one' },
    { name: 'plan-read', path: '/plans/new' },
    { name: 'settings-tokens', path: '/settings?tab=tokens' },
    { name: 'settings-users', path: '/settings?tab=users' },
    { name: 'settings-walls', path: '/settings?tab=walls' },
    { name: 'settings-sessions', path: '/settings?tab=sessions' },
    { name: 'not-found', path: '/there-is-no-such-page' },
  ];
  const instance = await eventually(patienceMs, async () => {
    const listed = await read<Listed>(request, url, '/api/v1/instances');
    return listed?.instances.find(({ role }) => role === 'primary') ?? null;
  });
  if (!instance) return pages;
  const cluster = `/clusters/${instance.cluster_id}`;
  pages.push(
    { name: 'instance-open', path: `/instances?instance=${instance.id}` },
    { name: 'instance-edit', path: `/instances/${instance.id}/edit` },
    { name: 'server-settings', path: `/instances/${instance.id}/settings` },
    { name: 'cluster', path: cluster },
    { name: 'statements', path: `${cluster}/statements` },
    { name: 'slowest', path: `${cluster}/statements/slowest` },
    { name: 'activity', path: `${cluster}/activity` },
    { name: 'advice', path: `${cluster}/advice` },
    { name: 'compare', path: `${cluster}/compare` },
    { name: 'tables', path: `${cluster}/tables` },
    { name: 'tables-partitioned', path: `${cluster}/tables?kind=partitioned` },
    { name: 'load', path: `${cluster}/load` },
    { name: 'services', path: `${cluster}/services` },
    { name: 'load-statements', path: `${cluster}/load?by=statement` },
  );
  const table = await eventually(patienceMs, async () => {
    const listed = await read<{ tables: { name: string }[] }>(
      request,
      url,
      `/api/v1/tables?cluster=${instance.cluster_id}&limit=1`,
    );
    return listed?.tables[0] ?? null;
  });
  if (table)
    pages.push({ name: 'table', path: `${cluster}/tables/${encodeURIComponent(table.name)}` });
  // Of the applications: what the watching logins ask of the catalogs is not always theirs to be explained.
  const statements = await eventually(patienceMs, async () => {
    const ranked = await read<Ranked>(
      request,
      url,
      `/api/v1/statements?cluster=${instance.cluster_id}&limit=50`,
    );
    const selects = (ranked?.statements ?? []).filter(
      ({ kind, user }) => /select/i.test(kind) && !/^yagura|^postgres$/.test(user ?? ''),
    );
    return selects.length > 0 ? selects.slice(0, 4) : null;
  });
  let explained: Explained | null = null;
  let id = '';
  for (const statement of statements ?? []) {
    id = encodeURIComponent(statement.id);
    const answer = await request.post(new URL(`/api/v1/statements/${id}/explain`, url).href, {
      headers: { origin: new URL(url).origin },
      data: { instance: instance.id },
    });
    explained = answer.ok() ? ((await answer.json()) as Explained) : null;
    if (explained?.plan) break;
  }
  if (id) pages.push({ name: 'statement', path: `${cluster}/statements/${id}` });
  if (!explained?.plan) return pages;
  const plan = explained.plan.id;
  pages.push(
    { name: 'plan', path: `/plans/${plan}` },
    { name: 'compare-plans', path: `/plans/compare?a=${plan}&b=${plan}` },
  );
  return pages;
}
