/** PostgreSQL 13 and later, as the polling loop sees it. */
import { metrics } from '@/collectors/catalog';
import type { EngineCollector, EngineSession, Target } from '@/collectors/run/engine';
import { Failure } from '@/collectors/run/failure';
import { queryFor } from '@/lib/metric/define-metric';
import { identify } from './identify';
import { checkNeeds } from './needs';
import { openSession } from './session/session';
import { readSessions } from './sessions/read-sessions';
import {
  createStatementsReader,
  newStatementsMemory,
  type StatementsMemory,
} from './statements/read-statements';

async function connect(
  target: Target,
  applicationName: string,
  memory: StatementsMemory,
): Promise<EngineSession> {
  const session = await openSession(target, applicationName);
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
    async read(metric, server, timeoutMs) {
      const query = queryFor(metric, server.majorVersion);
      if (query === null)
        throw new Failure(
          'version_unsupported',
          `needs PostgreSQL ${metric.queries[0]?.from ?? '?'} or later`,
        );
      return session.query(query.sql, { doing: metric.id, timeoutMs });
    },
    statements: createStatementsReader(session, memory),
    close: () => session.close(),
  };
}

export const postgres: EngineCollector = {
  metrics: metrics.filter((metric) => metric.engine === 'postgres'),
  watch(knownStatements) {
    const memory = newStatementsMemory(knownStatements);
    return { connect: (target, name) => connect(target, name, memory) };
  },
};
