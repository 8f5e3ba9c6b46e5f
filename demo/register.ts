/** The demo fleet's rows in the store: there while no real instance is configured and nobody removed them. */
import type { Pool } from 'pg';
import { readPublicKey } from '@/lib/secret/keys';
import { seal } from '@/lib/secret/seal';
import type { ShopPasswords } from './shop';

/** One cluster of the demo; its servers are given primary first, as its instances' names are. */
export type DemoCluster = { cluster: string; engine: 'postgres' | 'mariadb'; names: string[] };

export const shopCluster: DemoCluster = {
  cluster: 'shop (demo)',
  engine: 'postgres',
  names: ['shop-primary', 'shop-standby'],
};
export const warehouseCluster: DemoCluster = {
  cluster: 'warehouse (demo)',
  engine: 'mariadb',
  names: ['warehouse-primary', 'warehouse-replica'],
};

/** False once a person has removed the demo or watches a database of their own. */
export async function demoWanted(store: Pool): Promise<boolean> {
  const { rows } = await store.query<{ wanted: boolean }>(
    `select not exists (select from setting where key = 'demo.removed' and value = 'true'::jsonb)
        and (exists (select from instance where demo) or not exists (select from instance where not demo)) as wanted`,
  );
  return rows[0]?.wanted === true;
}

/** Remembers that the demo's instances were deleted one by one, which is a wish like the one click. */
export async function noteRemovedByHand(store: Pool): Promise<void> {
  await store.query(
    `insert into setting (key, value) select 'demo.removed', 'true'::jsonb
     where not exists (select from instance where demo) on conflict (key) do nothing`,
  );
}

/**
 * Adds or updates the instances of a cluster (their ports change at each start) and seals their passwords.
 */
export async function registerDemo(
  store: Pool,
  { cluster: named, engine, names }: DemoCluster,
  servers: { port: number }[],
  passwords: Pick<ShopPasswords, 'monitor' | 'explain'>,
): Promise<void> {
  const publicKey = await readPublicKey(store);
  const cluster = await store.query<{ id: number }>(
    `insert into cluster (name) values ($1) on conflict (name) do update set name = excluded.name returning id`,
    [named],
  );
  for (const [index, server] of servers.entries()) {
    const { rows } = await store.query<{ id: number }>(
      `insert into instance (name, cluster_id, engine, host, port, database, "user", tls, explain_enabled, explain_user, labels, demo, updated_at)
       values ($1, $2, $4, '127.0.0.1', $3, $5, 'yagura', 'off', true, 'yagura_explain', '{"environment":"demo"}', true, now())
       on conflict (name) do update set port = excluded.port, cluster_id = excluded.cluster_id, updated_at = now()
       returning id`,
      [
        names[index],
        cluster.rows[0]?.id,
        server.port,
        engine,
        engine === 'postgres' ? 'shop' : 'performance_schema',
      ],
    );
    const id = rows[0]?.id;
    if (id === undefined) throw new Error(`the store refused the demo instance ${names[index]}`);
    const sealed = (column: string, secret: string) =>
      seal(publicKey, secret, { table: 'instance', row: String(id), column });
    await store.query(`update instance set password = $2, explain_password = $3 where id = $1`, [
      id,
      sealed('password', passwords.monitor),
      sealed('explain_password', passwords.explain),
    ]);
  }
  await store.query('notify yagura_instance');
}
