/** From a rule made beside its chart to the exported review: a lock nobody lets go of, on a server of its own. */
import { type Page, expect as quick, test } from '@playwright/test';
import pg from 'pg';
import { roleScript } from '../components/instance/role-script';
import { type RunningPostgres, startPostgres } from '../scripts/servers/embedded';
import { administrator, signIn } from './sign-in';

const PASSWORD = 'a-password-for-watching-7719';
const name = `counters-${Date.now()}`;
const says = `Sessions wait on ${name}`;
/** A machine that starts a server and a browser beside the product is a busy one. */
const expect = quick.configure({ timeout: 20_000 });
let server: RunningPostgres;
const clients: pg.Client[] = [];
let instance: string;
let cluster: string;

/** A session with a name of its own in the list of sessions. */
async function session(application: string, login?: string): Promise<pg.Client> {
  const at = new URL(server.url());
  // Whoever may end sessions may not end those of a superuser.
  if (login) Object.assign(at, { username: login, password: PASSWORD });
  const client = new pg.Client({ connectionString: at.href, application_name: application });
  // The blocker is ended by the person of this test.
  client.on('error', () => {});
  await client.connect();
  clients.push(client);
  return client;
}

test.beforeAll(async () => {
  server = await startPostgres();
  const admin = await session('admin');
  const input = { user: 'yagura', database: 'postgres', version: 16, rights: 'usual' } as const;
  await admin.query(roleScript({ ...input, explainUser: null }).replaceAll('<PASSWORD>', PASSWORD));
  await admin.query(
    `grant pg_signal_backend to yagura; create role shop login password '${PASSWORD}';
     create table counter (id int primary key, n int not null); insert into counter values (1, 0);
     grant all on counter to shop`,
  );
});

test.afterAll(async () => {
  for (const client of clients) await client.end().catch(() => {});
  await server?.stop();
});

async function api<T>(page: Page, method: 'get' | 'post' | 'delete', path: string, data?: object) {
  const origin = new URL(page.url()).origin;
  const answer = await page.request[method](`/api/v1${path}`, {
    headers: { origin },
    ...(data ? { data } : {}),
  });
  expect(answer.ok(), `${method} ${path}: ${answer.status()}`).toBe(true);
  return (answer.status() === 204 ? null : await answer.json()) as T;
}

test('a lock is seen by a rule, handled as an incident and reviewed', async ({ page, context }) => {
  test.setTimeout(420_000);
  await signIn(context, String(test.info().project.use.baseURL));
  await page.goto('/rules');

  await test.step('a server is watched', async () => {
    const made = await api<{ id: string; cluster_id: string }>(page, 'post', '/instances', {
      ...{ name, cluster: name, host: '127.0.0.1', port: server.port, user: 'yagura' },
      ...{ password: PASSWORD, tls: 'off' },
    });
    instance = made.id;
    cluster = made.cluster_id;
  });

  await test.step('sessions wait for one that is idle in its transaction', async () => {
    const shop = (application: string) => session(application, 'shop');
    const blocker = await shop('forgotten');
    await blocker.query('begin; update counter set n = n + 1 where id = 1');
    for (const each of ['first', 'second'])
      void (await shop(each))
        .query('update counter set n = n + 2 where id = $1', [1])
        .catch(() => {});
  });

  await test.step('a rule is made beside the chart of what it watches, and tested on the past', async () => {
    await page.getByRole('button', { name: 'New rule' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Metric').selectOption('postgres.activity');
    await form.getByLabel('Column').selectOption('waiting_for_lock');
    await form.getByLabel('What it says when it fires').fill(says);
    await form.getByLabel('Warning at').fill('1.5');
    await form.getByLabel('Recovers at').fill('1');
    await form.getByLabel('For how many seconds').fill('10');
    await form.getByLabel('Keep firing, seconds').fill('10');
    await expect(form.locator('.recharts-surface, svg').first()).toBeVisible({ timeout: 30_000 });
    await form.getByRole('button', { name: 'Backtest' }).click();
    await expect(form.getByText(/^Would have fired/)).toBeVisible({ timeout: 30_000 });
    await form.getByRole('button', { name: 'Save' }).click();
    await expect(form).toBeHidden();
  });

  const card = page.getByRole('listitem').filter({ hasText: says }).filter({ hasText: name });
  await test.step('it fires, and somebody acknowledges it', async () => {
    await page.goto('/alerts');
    await expect(card.getByText('firing', { exact: true })).toBeVisible({ timeout: 120_000 });
    await card.getByRole('button', { name: /^Acknowledge/ }).click();
    await expect(card.getByText(`acknowledged by ${administrator().email}`)).toBeVisible();
  });

  await test.step('an incident is opened from it, with who blocks whom as it is now', async () => {
    const opened = page.waitForResponse(
      (answer) => answer.request().method() === 'POST' && answer.url().endsWith('/incidents'),
    );
    await card.getByRole('button', { name: 'Open incident' }).click();
    const { id } = (await (await opened).json()) as { id: string };
    await page.goto(`/incidents/${id}`);
    await expect(page.getByRole('heading', { level: 1 })).toContainText(says);
    const evidence = page.getByRole('region', { name: /^Evidence/ });
    await expect(evidence.getByText('holds up 2 sessions')).toBeVisible();
    await expect(evidence.getByText('forgotten')).toBeVisible();
    // Statements are kept without their literals.
    await expect(evidence).not.toContainText('n = n + 2');
  });
  const incident = page.url();

  await test.step('it is taken on and mitigated by ending the session that holds the lock', async () => {
    await page.getByRole('button', { name: 'Take it on' }).click();
    await page.getByRole('button', { name: 'Mitigate', exact: true }).click();
    await page.goto(`/clusters/${cluster}/activity?instance=${instance}`);
    const blocker = page.getByRole('article').filter({ hasText: 'forgotten' });
    await blocker.getByRole('button', { name: 'End session' }).first().click({ timeout: 30_000 });
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'End session' }).click();
    await expect(dialog).toBeHidden({ timeout: 30_000 });
    await expect(blocker).toHaveCount(0, { timeout: 30_000 });
    await page.goto(incident);
    const done = page.getByRole('region', { name: 'Mitigations' });
    await expect(done.getByText('Ended a session')).toBeVisible();
    await expect(done.getByText(administrator().email)).toBeVisible();
    // What was frozen shows the lock still.
    await expect(page.getByText('holds up 2 sessions')).toBeVisible();
  });

  await test.step('the alert resolves and the timeline says so', async () => {
    await expect(async () => {
      await page.goto('/alerts');
      await expect(card.getByText('resolved', { exact: true })).toBeVisible({ timeout: 3000 });
    }).toPass({ timeout: 120_000 });
    await page.goto(incident);
    await page.getByRole('button', { name: /^Mitigated/ }).click();
    await page.getByRole('button', { name: /^Resolved/ }).click();
    await expect(page.getByRole('region', { name: 'Timeline' })).toContainText('resolved');
  });

  await test.step('the review is written, the incident closed, the document exported', async () => {
    await page.getByLabel('Summary').fill('Updates of <one> counter stood still.');
    await page.getByLabel('Cause', { exact: true }).fill('A transaction nobody ended.');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByText('Saved.')).toBeVisible();
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Export as Markdown' }).click();
    const stream = await (await download).createReadStream();
    let text = '';
    for await (const part of stream) text += String(part);
    expect(text).toContain('Updates of \\<one\\> counter stood still.');
    expect(text).toContain('A transaction nobody ended.');
    expect(text).toContain('Ended a session');
    await page.goto('/incidents');
    await expect(page.getByRole('link').filter({ hasText: says })).toContainText('Closed');
  });

  await test.step('what was made goes again', async () => {
    const { rules } = await api<{ rules: { id: string; says: { en: string } }[] }>(
      ...([page, 'get', '/rules'] as const),
    );
    const rule = rules.find((one) => one.says.en === says);
    await api(page, 'delete', `/rules?id=${encodeURIComponent(rule?.id ?? '')}`);
    await api(page, 'delete', `/instances/${instance}`);
  });
});
