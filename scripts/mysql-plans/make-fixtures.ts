/**
 * Makes lib/plan/mysql/fixtures/: plans of real executions on MySQL 9.7 and MariaDB 10.11.
 * Run: npx tsx scripts/mysql-plans/make-fixtures.ts
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startMariadb } from '../servers/mariadb';
import { startMysql } from '../servers/mysql';
import { recordMysqlPlans } from './record';

async function main(): Promise<void> {
  for (const start of [startMysql, startMariadb]) {
    const server = await start();
    try {
      for (const [name, fixture] of await recordMysqlPlans(server.url(), server.flavour))
        await writeFile(
          path.join('lib/plan/mysql/fixtures', `${name}-${server.flavour}.json`),
          `${JSON.stringify(fixture, null, 2)}\n`,
        );
    } finally {
      await server.stop();
    }
  }
}

void main();
