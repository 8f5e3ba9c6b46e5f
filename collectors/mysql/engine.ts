/** MySQL 8.0 and later and MariaDB 10.6 and later, as the polling loop sees them. */
import { metrics } from '@/collectors/catalog';
import type {
  EngineCollector,
  EngineSession,
  ServerIdentity,
  Target,
} from '@/collectors/run/engine';
import { Failure } from '@/collectors/run/failure';
import type { LogMemory } from '@/collectors/run/log-reading';
import { type Flavour, type Metric, queryFor } from '@/lib/metric/define-metric';
import { heartbeatOn } from './heartbeat/beat';
import { identify, productName, versionText } from './identify';
import { checkNeeds } from './needs';
import { ownReads } from './own-reads';
import { readFacts } from './replication/read-facts';
import { openSession, type Session } from './session/session';
import { readSessions } from './sessions/read-sessions';
import { createSampler } from './sessions/sample-sessions';
import { createSlowLogReader } from './slow-log/read-slow-log';
import {
  createStatementsReader,
  newStatementsMemory,
  type StatementsMemory,
} from './statements/read-statements';

/** @throws Failure, also when the other of the two servers answers */
export async function connectTo(
  flavour: Flavour,
  target: Target,
  applicationName: string,
): Promise<Session> {
  const session = await openSession(target, applicationName);
  if (session.flavour === flavour) return session;
  await session.close();
  throw new Failure(
    'version_unsupported',
    `connect: this is ${productName[session.flavour]} ${session.versionText}, not ${productName[flavour]}`,
    `Choose ${productName[session.flavour]} as the engine of the instance.`,
    true,
  );
}

async function connect(
  flavour: Flavour,
  target: Target,
  applicationName: string,
  memory: { statements: StatementsMemory; log: LogMemory },
): Promise<EngineSession> {
  const session = await connectTo(flavour, target, applicationName);
  const sqlOf = (metric: Metric, server: ServerIdentity) => {
    const query = queryFor(metric, server.majorVersion, flavour);
    if (query !== null) return query.sql;
    const first = metric.queries.find((one) => one.flavour === flavour);
    throw new Failure(
      'version_unsupported',
      first
        ? `needs ${productName[flavour]} ${versionText(first.from)} or later`
        : `${productName[flavour]} has no source for it`,
    );
  };
  const sample = createSampler(session);
  return {
    get alive() {
      return session.alive;
    },
    get bytesRead() {
      return session.bytesRead;
    },
    identify: () => identify(session),
    checkNeeds: (needs) => checkNeeds(session, needs),
    readSessions: (server, timeoutMs) => readSessions(session, server, timeoutMs),
    readReplication: (server, timeoutMs) => readFacts(session, server, timeoutMs),
    read: async (metric, server, timeoutMs) => {
      const sql = sqlOf(metric, server);
      const own = ownReads[metric.id];
      if (own) return own(session, metric, sql, timeoutMs);
      return session.query(sql, { doing: metric.id, timeoutMs });
    },
    sampleLoad: async (metric, server, timeoutMs) => sample(sqlOf(metric, server), timeoutMs),
    heartbeat: heartbeatOn(session),
    statements: createStatementsReader(session, memory.statements),
    log: createSlowLogReader(session, memory.log, process.env.YAGURA_LOG_DIRECTORY || null),
    close: () => session.close(),
  };
}

const collectorOf = (flavour: Flavour): EngineCollector => ({
  // What the other of the two servers alone has is not missing here.
  metrics: metrics.filter(
    ({ engine, queries }) =>
      engine === 'mysql' &&
      (queries.length === 0 || queries.some((query) => query.flavour === flavour)),
  ),
  watch(knownStatements, log = { position: null, unsettled: null }) {
    const memory = { statements: newStatementsMemory(knownStatements), log };
    return { connect: (target, name) => connect(flavour, target, name, memory) };
  },
});

export const mysql = collectorOf('mysql');
export const mariadb = collectorOf('mariadb');
