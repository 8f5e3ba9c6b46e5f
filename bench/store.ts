/** The store's benchmark: bytes and samples per second beside narrow rows, and the time of reads. On embedded PostgreSQL. */
import { cpus, loadavg } from 'node:os';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { startPostgres } from '@/scripts/servers/embedded';
import { addInstances } from './fill';
import { measureIngest } from './ingest';
import { measureReads } from './reads';

const quick = process.argv.includes('--quick');
const server = await startPostgres({ settings: { shared_buffers: '512MB', max_wal_size: '4GB' } });
try {
  await migrate(server.url());
  const db = openPool(server.url(), 8); // As the web process has.
  db.options.statement_timeout = 600_000;
  console.log(
    `store: ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)} before the start${quick ? ', quick' : ''}`,
  );
  const instances = quick ? 10 : 100;
  const leases = await addInstances(db, instances);
  console.table(await measureIngest(db, await server.pid(), leases.slice(0, 10), quick ? 2 : 12));
  console.table(await measureReads(db, leases, quick ? 2 : 3));
  await db.end();
} finally {
  await server.stop();
}
