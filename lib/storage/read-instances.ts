import type { InstanceBody } from '@/lib/contract';
import type { Db } from './partitions';

/** Older than this without a word from a collector, an instance's state is unknown, whatever it was. */
const stateLastsMs = 60_000;

type Row = Omit<InstanceBody, 'last_seen' | 'last_attempt' | 'started_at' | 'id' | 'cluster_id'> & {
  id: number;
  cluster_id: number;
  last_seen: Date | null;
  last_attempt: Date | null;
  started_at: Date | null;
};

/** Instances with what was last seen of them; never a password. */
export async function readInstances(
  db: Db,
  filter: { id?: number; clusterId?: number } = {},
): Promise<InstanceBody[]> {
  const { rows } = await db.query<Row>(
    `select i.id, i.name, c.name as cluster, c.id as cluster_id, i.engine, s.version, coalesce(s.role, 'unknown') as role,
            i.host, i.port, i.database, i."user", i.tls,
            case when s.last_attempt > now() - $3 * interval '1 ms' then s.state else 'unknown' end as state,
            s.reason, s.last_seen, s.last_attempt, s.started_at, s.clock_skew_ms, i.labels, i.demo,
            i.password is not null as password_stored, i.explain_enabled, i.explain_user,
            i.explain_password is not null as explain_password_stored, i.node_exporter_url, i.cloudwatch
     from instance i join cluster c on c.id = i.cluster_id left join instance_status s on s.instance_id = i.id
     where ($1::int is null or i.id = $1) and ($2::int is null or i.cluster_id = $2)
     order by c.name, (s.role = 'primary') desc nulls last, i.name`,
    [filter.id ?? null, filter.clusterId ?? null, stateLastsMs],
  );
  return rows.map((row) => ({
    ...row,
    id: String(row.id),
    cluster_id: String(row.cluster_id),
    last_seen: row.last_seen?.getTime() ?? null,
    last_attempt: row.last_attempt?.getTime() ?? null,
    started_at: row.started_at?.getTime() ?? null,
  }));
}
