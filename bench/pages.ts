/**
 * What pages ask for, with 5,000 statements and 2,000 tables on one server: the read functions behind the calls (the API
 * adds its parsing and JSON). On embedded PostgreSQL.
 */
import { compareStatements } from '@/lib/storage/compare-statements';
import { describeStatement, describeStatements } from '@/lib/storage/describe-statements';
import { migrate } from '@/lib/storage/migrate';
import { hourMs } from '@/lib/storage/partitions';
import { openPool } from '@/lib/storage/pool';
import { readAdvice } from '@/lib/storage/read-advice';
import { readLoad } from '@/lib/storage/read-load';
import { readTables } from '@/lib/storage/read-tables';
import { readTagGroups } from '@/lib/storage/read-tag-groups';
import { startPostgres } from '@/scripts/servers/embedded';
import { addInstances } from './fill';
import { fillBig, statementId, statements, tables } from './fill-big';
import { percentiles } from './percentiles';

const server = await startPostgres({ settings: { shared_buffers: '512MB', max_wal_size: '4GB' } });
try {
  await migrate(server.url());
  const db = openPool(server.url(), 8); // As the web process has.
  db.options.statement_timeout = 600_000;
  const [lease] = await addInstances(db, 1);
  if (!lease) throw new Error('no instance');
  const now = await fillBig(db, lease);
  const window = { instanceIds: [lease.instanceId], from: now - 24 * hourMs, to: now };
  const hour = { ...window, from: now - hourMs };
  const ranking = { sort: 'total_ms' as const, limit: 50 };
  console.log(`pages: ${statements} statements, ${tables} tables, windows of 24 h unless said`);
  console.table({
    'ranking of 50': await percentiles(() => describeStatements(db, { ...window, ...ranking })),
    'ranking of 500': await percentiles(() =>
      describeStatements(db, { ...window, ...ranking, limit: 500 }),
    ),
    'ranking of 50, 1 h': await percentiles(() => describeStatements(db, { ...hour, ...ranking })),
    'ranking of 50, searched': await percentiles(() =>
      describeStatements(db, { ...window, ...ranking, search: 'number 77' }),
    ),
    'grouped by a tag': await percentiles(() =>
      readTagGroups(db, { ...window, name: 'route', limit: 50 }),
    ),
    'one statement': await percentiles(() =>
      describeStatement(db, { ...window, id: statementId(7), points: 120 }),
    ),
    'compared, 1 h': await percentiles(() => compareStatements(db, { ...hour, limit: 100 })),
    'compared, 12 h': await percentiles(() =>
      compareStatements(db, { ...window, from: now - 12 * hourMs, limit: 100 }),
    ),
    'load by statement': await percentiles(() =>
      readLoad(db, { ...window, points: 180, by: 'statement', top: 10, filter: {} }),
    ),
    'advice, 1 h': await percentiles(() =>
      readAdvice(db, { cluster: '1', from: hour.from, to: hour.to }),
    ),
    'tables by size': await percentiles(() =>
      readTables(db, { ...hour, sort: 'size', limit: 100, kind: 'all' }),
    ),
  });
  await db.end();
} finally {
  await server.stop();
}
