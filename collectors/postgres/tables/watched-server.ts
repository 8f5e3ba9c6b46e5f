/** For tests on real servers: a superuser, and readings as a login that has pg_monitor only. */
import pg from 'pg';
import { postgres } from '@/collectors/postgres/engine';
import { type Metric, valueColumns } from '@/lib/metric/define-metric';
import { typedRows } from '@/lib/metric/row';

export type ReadRow = {
  labels: Record<string, string>;
  values: Record<string, number | null>;
  resetAt: string | null;
};

type Server = { port: number; url(): string; stop(): Promise<void> };

export type WatchedServer = {
  admin: pg.Client;
  /** Another connection of the superuser, closed with the rest. */
  another(applicationName?: string): Promise<pg.Client>;
  read(metric: Metric): Promise<ReadRow[]>;
  /** Ends the connections, not the server. */
  disconnect(): Promise<void>;
  stop(): Promise<void>;
};

const password = 'secret-for-tests';

/** Makes the login and connects; stopping ends the server too. */
export async function watched(server: Server): Promise<WatchedServer> {
  const clients: pg.Client[] = [];
  const another = async (applicationName?: string) => {
    const client = new pg.Client({
      connectionString: server.url(),
      application_name: applicationName,
    });
    clients.push(client);
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  const admin = await another();
  await admin.query(
    `drop role if exists watcher; create role watcher login password '${password}'; grant pg_monitor to watcher`,
  );
  const session = await postgres.watch([]).connect(
    {
      host: '127.0.0.1',
      port: server.port,
      database: 'postgres',
      user: 'watcher',
      password,
      tls: 'off',
    },
    'yagura/test',
  );
  const disconnect = async () => {
    await session.close();
    for (const client of clients) await client.end().catch(() => undefined);
  };
  return {
    admin,
    another,
    async read(metric) {
      const raw = await session.read(metric, await session.identify(), 3_000);
      const names = valueColumns(metric);
      return typedRows(metric, raw).map(({ labels, values, resetAt }) => ({
        labels,
        values: Object.fromEntries(names.map((name, i) => [name, values[i] ?? null])),
        resetAt,
      }));
    },
    disconnect,
    async stop() {
      await disconnect();
      await server.stop();
    },
  };
}
