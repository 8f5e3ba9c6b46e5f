/** A person watches a MariaDB through the form, and walks from what it spends its time on to the plan of that statement. */
import { expect, test } from '@playwright/test';
import { mysqlAccountScript } from '../lib/inventory/mysql-account-script';
import { startMariadb, whyNoMariadb } from '../scripts/servers/mariadb';
import type { RunningMysql } from '../scripts/servers/mysql-server';
import { signIn } from './sign-in';

const PASSWORD = 'a-password-for-watching-9313';
let why: string | null;
let server: RunningMysql | null = null;
let busy: NodeJS.Timeout;

test.beforeAll(async () => {
  why = await whyNoMariadb();
  if (why !== null) return;
  const started = await startMariadb();
  server = started;
  // The very script the form offers makes the account.
  const script = mysqlAccountScript({
    ...{ flavour: 'mariadb', user: 'yagura', host: '127.0.0.1', requireTls: false },
  });
  for (const sql of script.replaceAll('<PASSWORD>', PASSWORD).split(';\n'))
    await started.query(sql);
  await started.query('create database post');
  await started.query(
    'create table post.parcel (id int primary key auto_increment, city varchar(40) not null)',
  );
  await started.query(
    `insert into post.parcel (city) select concat('city ', seq % 97) from post.seq_1_to_20000`,
  );
  await started.query('analyze table post.parcel');
  await started.query(`grant select on post.* to yagura@'127.0.0.1'`);
  const client = await started.connect({
    user: 'root',
    password: started.password,
    database: 'post',
  });
  busy = setInterval(() => {
    client
      .query(`select count(*) from parcel where city = 'city 7'`)
      .catch(() => clearInterval(busy));
  }, 200);
});

test.afterAll(async () => {
  clearInterval(busy);
  await server?.stop();
});

test('a person watches a MariaDB and reaches the plan of a statement', async ({
  page,
  context,
  baseURL,
}) => {
  test.skip(why !== null, why ?? '');
  test.setTimeout(200_000);
  const name = `post-${Date.now()}`;
  await signIn(context, baseURL ?? '');

  await page.goto('/instances/new', { waitUntil: 'networkidle' });
  await page.getByText('MariaDB', { exact: true }).click();
  await page.locator('input[name=name]').fill(name);
  await page.locator('input[name=cluster]').fill(name);
  await page.locator('input[name=host]').fill('127.0.0.1');
  await page.locator('input[name=port]').fill(String(server?.port));
  await page.locator('input[name=user]').fill('yagura');
  await page.locator('input[name=password]').fill(PASSWORD);
  await page.getByText('Off', { exact: true }).click();
  await page.getByRole('button', { name: 'Test the connection' }).click();
  await expect(page.getByText(/^Connected: MariaDB 10\.11/)).toBeVisible({ timeout: 20_000 });
  await page.getByRole('button', { name: 'Watch it' }).click();
  await page.waitForURL(/\/instances\?instance=\d+/);

  await page.getByRole('link', { name: 'Statements', exact: true }).last().click();
  await page.waitForURL(/\/clusters\/\d+\/statements/);
  const row = page.locator('tr[data-key]', { hasText: 'parcel' }).first();
  await expect(async () => {
    await page.reload();
    await expect(row).toBeVisible({ timeout: 3_000 });
  }).toPass({ timeout: 90_000 });
  await row.getByRole('link').first().click();
  await page.waitForURL(/\/statements\/[^/]+/);
  await page.getByRole('button', { name: /^EXPLAIN on/ }).click();
  await page.locator('[data-plan-link]').click({ timeout: 20_000 });
  await page.waitForURL(/\/plans\//);
  await expect(page.getByRole('treegrid')).toContainText('parcel');
  // The table has no index on the column: the plan says that all of it is read.
  await expect(page.getByText(/Full scan|reads all|whole table|every row/i).first()).toBeVisible();

  const instances = await page.request.get('/api/v1/instances');
  const { instances: all } = (await instances.json()) as {
    instances: { id: string; name: string }[];
  };
  const own = all.find((one) => one.name === name);
  const gone = await page.request.delete(`/api/v1/instances/${own?.id}`, {
    headers: { origin: baseURL ?? '' },
  });
  expect(gone.ok()).toBe(true);
});
