/** The instances people configured, as the collector needs them. */
import type { Pool } from 'pg';

export type WatchedInstance = {
  id: number;
  name: string;
  clusterId: number;
  engine: string;
  host: string;
  port: number;
  database: string;
  user: string;
  tls: 'off' | 'require' | 'verify-full';
  /** Sealed. */
  password: string | null;
  explainEnabled: boolean;
  explainUser: string | null;
  explainPassword: string | null;
  labels: Record<string, string>;
  /** Where its machine's node_exporter answers. */
  nodeExporterUrl: string | null;
  /** `region/DBInstanceIdentifier`, when CloudWatch tells of its machine. */
  cloudwatch: string | null;
  /** Somebody looks at its sessions now. */
  watchedLive: boolean;
  /** Another member of its cluster, with the same history as far as that is known, takes writes too. */
  otherPrimary: boolean;
  /** Differs when anything differs that the connection depends on. */
  revision: string;
};

const columns = `id, name, cluster_id as "clusterId", engine, host, port, database, "user", tls, password,
  explain_enabled as "explainEnabled", explain_user as "explainUser", explain_password as "explainPassword", labels,
  node_exporter_url as "nodeExporterUrl", cloudwatch,
  exists (select from activity a where a.instance_id = instance.id and a.wanted_until > now()) as "watchedLive",
  exists (select from instance o join instance_status s on s.instance_id = o.id
    where o.cluster_id = instance.cluster_id and o.id <> instance.id and s.role = 'primary' and s.state = 'up'
      and s.last_attempt > now() - interval '60 s'
      and (o.engine <> 'postgres' or s.system_identifier is not distinct from
        (select own.system_identifier from instance_status own where own.instance_id = instance.id))) as "otherPrimary"`;

type Row = Omit<WatchedInstance, 'revision'>;

export async function readWatchedInstances(db: Pool): Promise<WatchedInstance[]> {
  const { rows } = await db.query<Row>(`select ${columns} from instance order by id`);
  return rows.map(withRevision);
}

/** Null when it was deleted. */
export async function readWatchedInstance(db: Pool, id: number): Promise<WatchedInstance | null> {
  const { rows } = await db.query<Row>(`select ${columns} from instance where id = $1`, [id]);
  return rows[0] === undefined ? null : withRevision(rows[0]);
}

function withRevision(row: Row): WatchedInstance {
  const { clusterId, engine, host, port, database, user, tls, password, labels } = row;
  return {
    ...row,
    revision: JSON.stringify([
      ...[clusterId, engine, host, port, database, user, tls, password],
      labels.cores ?? null,
      row.nodeExporterUrl,
      row.cloudwatch,
    ]),
  };
}
