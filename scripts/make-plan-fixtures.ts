/**
 * Makes lib/plan/fixtures/: plans of real executions on Debian's PostgreSQL 15 and the shipped 18.
 * Run: npx tsx scripts/make-plan-fixtures.ts
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { recordPlans, planSettings as settings } from './record-plans';
import { startDebianPostgres } from './servers/debian';
import { startPostgres } from './servers/embedded';

const servers = [
  [15, await startDebianPostgres({ settings })],
  [18, await startPostgres({ version: 18, settings })],
] as const;
for (const [version, server] of servers) {
  try {
    for (const [name, fixture] of await recordPlans(server, version))
      await writeFile(
        path.join('lib/plan/fixtures', `${name}-${version}.json`),
        `${JSON.stringify(fixture, null, 2)}\n`,
      );
  } finally {
    await server.stop();
  }
}
