/**
 * Makes lib/plan/mysql/fixtures/: plans of real executions on an empty MySQL 9.x or MariaDB.
 * Run: npx tsx scripts/mysql-plans/make-fixtures.ts mysql mysql://root@127.0.0.1:3306
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { recordMysqlPlans } from './record';

async function main(): Promise<void> {
  const [engine, url] = process.argv.slice(2);
  if ((engine !== 'mysql' && engine !== 'mariadb') || !url)
    throw new Error('Give mysql or mariadb, and the URL of a superuser.');
  for (const [name, fixture] of await recordMysqlPlans(url, engine))
    await writeFile(
      path.join('lib/plan/mysql/fixtures', `${name}-${engine}.json`),
      `${JSON.stringify(fixture, null, 2)}\n`,
    );
}

void main();
