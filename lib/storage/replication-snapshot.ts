import { setTimeout as startTimer } from 'node:timers';
import { setTimeout } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Known } from '@/lib/replication/judge-reads';
import { pool } from './pool';
import { readReplications } from './read-clusters';

/** Read anew about each second, and only while somebody asks. */
const everyMs = 1000;
const whileAskedMs = 60_000;
/** Older than this, a caller waits for a new one rather than hear of the past; the refresh in the background keeps it younger. */
const freshMs = 3000;
/** A store that does not answer keeps a caller no longer than this, once something is in memory. */
const patienceMs = 2000;

type Snapshot = { byCluster: Map<string, Known>; byInstance: Map<string, Known>; readAt: number };

/** The replication of all clusters, in memory: an answer asks the store nothing. */
export class ReplicationSnapshot {
  private current: Snapshot | undefined;
  private loading: Promise<void> | undefined;
  private askedAt = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly db: () => Pool) {}

  /** @throws what the store throws, when there is nothing in memory yet */
  async ofCluster(id: string): Promise<Known | null> {
    return (await this.ask()).byCluster.get(id) ?? null;
  }

  async ofInstance(id: string): Promise<Known | null> {
    return (await this.ask()).byInstance.get(id) ?? null;
  }

  /** Ends the refresh; the next question begins it again. */
  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private async ask(): Promise<Snapshot> {
    const idle = this.timer === undefined;
    this.askedAt = Date.now();
    // While the refresh runs and fails, the store is away: what is in memory answers, and says how old it is.
    if (!this.current) await this.load();
    else if (idle && this.askedAt - this.current.readAt > freshMs)
      await Promise.race([this.load().catch(() => {}), setTimeout(patienceMs)]);
    if (idle) this.schedule();
    if (!this.current) throw new Error('the store gave no replication');
    return this.current;
  }

  private schedule(): void {
    clearTimeout(this.timer);
    this.timer = startTimer(async () => {
      await this.load().catch(() => {});
      if (Date.now() - this.askedAt < whileAskedMs) this.schedule();
      else this.timer = undefined;
    }, everyMs).unref();
  }

  /** One at a time, however many ask. */
  private load(): Promise<void> {
    this.loading ??= this.read().finally(() => {
      this.loading = undefined;
    });
    return this.loading;
  }

  private async read(): Promise<void> {
    const readAt = Date.now();
    const known = (await readReplications(this.db())).map((one) => ({ ...one, readAt }));
    this.current = {
      readAt,
      byCluster: new Map(known.map((one) => [one.cluster, one])),
      byInstance: new Map(known.flatMap((one) => one.instances.map(({ id }) => [id, one]))),
    };
  }
}

/** This process's own. */
export const replicationSnapshot = new ReplicationSnapshot(pool);
