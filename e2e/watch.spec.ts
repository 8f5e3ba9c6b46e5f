/** From the sign-in form to a plan: a person adds a real server through the form and finds what runs on it. */
import { expect, type Page, test } from '@playwright/test';
import pg from 'pg';
import { roleScript } from '../components/instance/role-script';
import { startDebianPostgres, whyNoDebian } from '../scripts/servers/debian';
import { type RunningPostgres, startPostgres } from '../scripts/servers/embedded';
import { administrator } from './sign-in';

const PASSWORD = 'a-password-for-watching-9313';
let server: RunningPostgres;
let busy: NodeJS.Timeout;
let client: pg.Client;

test.beforeAll(async () => {
  // Somebody else's build of an older version where there is one: not the server the product brings along.
  const start = (await whyNoDebian()) === null ? startDebianPostgres : startPostgres;
  server = await start({
    settings: { shared_preload_libraries: 'pg_stat_statements', max_connections: '30' },
  });
  client = new pg.Client({ connectionString: server.url('postgres') });
  await client.connect();
  // The very script the form offers makes the login.
  const script = roleScript({
    user: 'yagura',
    database: 'postgres',
    version: 13,
    rights: 'usual',
    explainUser: null,
  });
  await client.query(script.replaceAll('<PASSWORD>', PASSWORD));
  await client.query(
    `create table public.parcel (id bigint generated always as identity primary key, city text not null);
     insert into public.parcel (city) select 'city ' || n % 97 from generate_series(1, 20000) n;
     analyze public.parcel; grant select on public.parcel to yagura;`,
  );
  busy = setInterval(() => {
    client
      .query('select count(*) from public.parcel where city = $1', ['city 7'])
      .catch(() => clearInterval(busy));
  }, 200);
});

test.afterAll(async () => {
  clearInterval(busy);
  await client?.end().catch(() => {});
  await server?.stop();
});

/** Runs a statement a known number of times; true when the API counts exactly that many within three polls. */
async function knownCallsAreExact(page: Page): Promise<boolean> {
  const instance = new URL(page.url()).searchParams.get('instance');
  const cluster = /clusters\/(\d+)/.exec(page.url())?.[1];
  const scope = instance ? `instance=${instance}` : `cluster=${cluster}`;
  const from = Date.now();
  for (let n = 0; n < 137; n++)
    await client.query('select city from public.parcel where id = $1', [n]);
  let calls: number | undefined;
  for (const until = Date.now() + 35_000; calls !== 137 && Date.now() < until; ) {
    await page.waitForTimeout(2_000);
    const response = await page.request.get(
      `/api/v1/statements?${scope}&from=${from}&to=${Date.now()}&search=where id`,
    );
    const { statements } = (await response.json()) as { statements: { calls: number }[] };
    calls = statements[0]?.calls;
  }
  return calls === 137;
}

test('a person signs in, watches a server and reaches the plan of a statement', async ({
  page,
}) => {
  test.setTimeout(200_000);
  const { email, password } = administrator();
  const name = `parcels-${Date.now()}`;

  await page.goto('/sign-in', { waitUntil: 'networkidle' });
  await page.locator('input[name=email]').fill(email);
  await page.locator('input[name=password]').fill(password);
  await page.locator('button[type=submit]').click();
  await page.waitForURL('/');

  await page.goto('/instances');
  await page.getByRole('link', { name: 'Watch a database' }).first().click();
  await page.waitForURL('/instances/new');
  // What is missing is said at the field.
  await page.getByRole('button', { name: 'Watch it' }).click();
  await expect(page.locator('input[name=host]')).toHaveAttribute('aria-invalid', 'true');

  await page.locator('input[name=name]').fill(name);
  await page.locator('input[name=cluster]').fill(name);
  await page.locator('input[name=host]').fill('127.0.0.1');
  await page.locator('input[name=port]').fill(String(server.port));
  await page.locator('input[name=user]').fill('yagura');
  await page.locator('input[name=password]').fill('not the password');
  await page.getByText('Off', { exact: true }).click();
  await page.getByRole('button', { name: 'Test the connection' }).click();
  await expect(page.getByText('Could not connect')).toBeVisible({ timeout: 20_000 });

  await page.locator('input[name=password]').fill(PASSWORD);
  await page.getByRole('button', { name: 'Test again' }).click();
  await expect(page.getByText(/^Connected: PostgreSQL (15|18)/)).toBeVisible({ timeout: 20_000 });
  await page.getByRole('button', { name: 'Watch it' }).click();
  await page.waitForURL(/\/instances\?instance=\d+/);
  await expect(page.getByText(name).first()).toBeVisible();

  await page.getByRole('link', { name: 'Statements', exact: true }).last().click();
  await page.waitForURL(/\/clusters\/\d+\/statements/);
  await expect(async () => {
    await page.reload();
    await expect(page.locator('tr[data-key]', { hasText: 'public.parcel' }).first()).toBeVisible({
      timeout: 3_000,
    });
  }).toPass({ timeout: 90_000 });
  await expect(knownCallsAreExact(page)).resolves.toBe(true);
  await page
    .locator('tr[data-key]', { hasText: 'public.parcel where' })
    .first()
    .getByRole('link')
    .click();
  await page.waitForURL(/\/statements\/[^/]+/);
  await page.getByRole('button', { name: /^EXPLAIN on/ }).click();
  await page.locator('[data-plan-link]').click({ timeout: 20_000 });
  await page.waitForURL(/\/plans\//);
  await expect(page.getByRole('treegrid')).toContainText('Seq Scan');
  await page.getByRole('treegrid').getByRole('row').nth(1).press('ArrowDown');

  // The instance goes again, so that the next run starts as this one did.
  await page.goto('/instances');
  await page.getByRole('button', { name: `Details of ${name}` }).click();
  await page.getByRole('button', { name: 'Stop watching' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill(name);
  await dialog.getByRole('button', { name: 'Stop watching' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('button', { name: `Details of ${name}` })).toHaveCount(0);
});
