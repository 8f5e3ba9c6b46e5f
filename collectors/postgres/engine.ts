/** PostgreSQL 13 and later, as the polling loop sees it. */
import { metrics } from '@/collectors/catalog';
import type {
  EngineCollector,
  EngineSession,
  ServerIdentity,
  Target,
} from '@/collectors/run/engine';
import { Failure } from '@/collectors/run/failure';
import type { LogMemory } from '@/collectors/run/log-reading';
import { type Metric, queryFor } from '@/lib/metric/define-metric';
import { heartbeatOn } from './heartbeat/beat';
import { identify } from './identify';
import { createLogReader } from './log/read-log';
import { checkNeeds } from './needs';
import { readFacts } from './replication/read-facts';
import { openSession } from './session/session';
import { readSessions } from './sessions/read-sessions';
import { createSampler } from './sessions/sample-sessions';
import {
  createStatementsReader,
  newStatementsMemory,
  type StatementsMemory,
} from './statements/read-statements';

async function connect(
  target: Target,
  applicationName: string,
  memory: StatementsMemory,
  log: LogMemory,
): Promise<EngineSession> {
  const session = await openSession(target, applicationName);
  const sample = createSampler(session);
  const sqlOf = (metric: Metric, server: ServerIdentity) => {
    const query = queryFor(metric, server.majorVersion);
    if (query !== null) return query.sql;
    const oldest = metric.queries[0]?.from ?? '?';
    throw new Failure('version_unsupported', `needs PostgreSQL ${oldest} or later`);
  };
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
    read: async (metric, server, timeoutMs) =>
      session.query(sqlOf(metric, server), { doing: metric.id, timeoutMs }),
    sampleLoad: async (metric, server, timeoutMs) => sample(sqlOf(metric, server), timeoutMs),
    heartbeat: heartbeatOn(session),
    statements: createStatementsReader(session, memory),
    log: createLogReader(session, log),
    close: () => session.close(),
  };
}

export const postgres: EngineCollector = {
  metrics: metrics.filter((metric) => metric.engine === 'postgres'),
  watch(knownStatements, log = { position: null, unsettled: null }) {
    const memory = newStatementsMemory(knownStatements);
    return { connect: (target, name) => connect(target, name, memory, log) };
  },
};
