/** Work that people ask for through the web process: connection tests and plans. One at a time, each with its answer. */
import pg from 'pg';
import { claimJob, finishJob, sweepJobs } from '@/collectors/store/claim-job';

export type JobHandler = (job: {
  id: string;
  payload: unknown;
  sealed: string | null;
}) => Promise<unknown>;

/** New work is noticed at once by LISTEN, and within this time when that connection is lost. */
const lookMs = 1000;

/**
 * Serves jobs until stopped. A handler that throws answers with an error, so that nobody waits in vain.
 * @param onInstances called when somebody changed what is to be watched
 */
export function serveJobs(options: {
  db: pg.Pool;
  url: string;
  collectorId: string;
  handlers: Record<string, JobHandler>;
  onInstances(): void;
  log(message: string): void;
}): { stop(): Promise<void> } {
  let stopped = false;
  let wake: () => void = () => undefined;
  let listener: pg.Client | null = null;

  const listen = async () => {
    if (listener) return;
    const client = new pg.Client({
      connectionString: options.url,
      application_name: 'yagura collector listening',
      connectionTimeoutMillis: 5000,
    });
    listener = client;
    const lost = () => {
      if (listener === client) listener = null;
    };
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', ({ channel }) => {
      if (channel === 'yagura_instance') options.onInstances();
      else wake();
    });
    try {
      await client.connect();
      await client.query('listen yagura_job; listen yagura_instance');
    } catch {
      lost();
      await client.end().catch(() => undefined);
    }
  };

  const round = async () => {
    await listen();
    await sweepJobs(options.db);
    for (let job = await claimJob(options.db, options.collectorId); job !== null; ) {
      const { id, kind } = job;
      const handler = options.handlers[kind];
      const answer = handler
        ? await handler(job).catch((error: unknown) => {
            options.log(`job ${kind}: ${(error as Error).stack ?? String(error)}`);
            return {
              status: 'error',
              ok: false,
              code: 'internal',
              reason: 'The collector failed.',
            };
          })
        : { status: 'error', ok: false, code: 'unknown_job', reason: `Nobody does ${kind}.` };
      await finishJob(options.db, id, answer);
      job = stopped ? null : await claimJob(options.db, options.collectorId);
    }
  };

  const run = async () => {
    while (!stopped) {
      try {
        await round();
      } catch {
        // The store is away; supervise says so.
      }
      if (stopped) break;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, lookMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    await listener?.end().catch(() => undefined);
  };
  const finished = run();
  return {
    async stop() {
      stopped = true;
      wake();
      await finished;
    },
  };
}
