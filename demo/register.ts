/** The demo fleet's rows in the store: there while no real instance is configured and nobody removed them. */
import type { Pool } from 'pg';
import { readPublicKey } from '@/lib/secret/keys';
import { seal } from '@/lib/secret/seal';
import type { ShopPasswords } from './shop';

export const demoCluster = 'shop (demo)';

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
 * Adds or updates the two instances (their ports change at each start) and seals their passwords.
 * @param servers primary first
 */
export async function registerDemo(
  store: Pool,
  servers: { port: number }[],
  passwords: ShopPasswords,
): Promise<void> {
  const publicKey = await readPublicKey(store);
  const names = ['shop-primary', 'shop-standby'];
  const cluster = await store.query<{ id: number }>(
    `insert into cluster (name) values ($1) on conflict (name) do update set name = excluded.name returning id`,
    [demoCluster],
  );
  for (const [index, server] of servers.entries()) {
    const { rows } = await store.query<{ id: number }>(
      `insert into instance (name, cluster_id, engine, host, port, database, "user", tls, explain_enabled, explain_user, labels, demo, updated_at)
       values ($1, $2, 'postgres', '127.0.0.1', $3, 'shop', 'yagura', 'off', true, 'yagura_explain', '{"environment":"demo"}', true, now())
       on conflict (name) do update set port = excluded.port, cluster_id = excluded.cluster_id, updated_at = now()
       returning id`,
      [names[index], cluster.rows[0]?.id, server.port],
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
