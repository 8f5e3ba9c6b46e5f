/** What a person learns before a database is watched: whether it answers, what the login may see, and what it may too much. */
import type { Metric, Need } from '@/lib/metric/define-metric';
import type { CheckedNeed, ServerIdentity, Target } from './engine';
import { Failure } from './failure';

/** A right, and the statement that takes it away. */
export type ExcessRight = { right: string; fix_sql: string };

export type ConnectionTest = {
  ok: boolean;
  version: string | null;
  role: 'primary' | 'replica' | 'unknown';
  system_identifier: string | null;
  permissions: { need: string; ok: boolean | null; fix_sql: string | null }[];
  /** Rights that watching does not use, each with the statement that takes it away. */
  excess: ExcessRight[];
  /** Metrics that would stay unavailable, and why. */
  blind: { metric: string; missing: string[] }[];
  /** Makes a login that has all that is needed and nothing more; the password is left to fill in. */
  role_sql: string;
  error: { code: string; message: string; fix: string | null } | null;
};

/** What is known of the separate EXPLAIN login. */
export type ExplainLoginTest = {
  user: string;
  /** It connects. Rights are told apart from that. */
  ok: boolean;
  /** Rights that a plan does not need: a function that the planner runs would have them. */
  excess: ExcessRight[];
  /** Tables and views of the database outside the system schemas, and how many of them it may read. */
  tables: number;
  readable: number;
  /** Lets it read the rest; null when it may read all. */
  fix_sql: string | null;
  error: { code: string; message: string; fix: string | null } | null;
};

/** Before anything is known of it. */
export const untestedLogin = (user: string): ExplainLoginTest => ({
  ...{ user, ok: false, excess: [], tables: 0, readable: 0, fix_sql: null, error: null },
});

/** How an engine is asked about a login. */
export type ConnectionProbe = {
  metrics: readonly Metric[];
  /** @throws Failure */
  connect(target: Target, applicationName: string): Promise<ProbeSession>;
  /** Tries the login for plans; `watching` is the other one. Never throws. */
  testExplainLogin(
    login: Target,
    watching: Target,
    applicationName: string,
  ): Promise<ExplainLoginTest>;
  roleScript(target: Target): string;
  /** The release a metric needs, in words, when this server has no source for it; else null. */
  missingRelease(metric: Metric, server: ServerIdentity): string | null;
};

export type ProbeSession = {
  identify(): Promise<ServerIdentity>;
  checkNeeds(needs: readonly Need[]): Promise<CheckedNeed[]>;
  excessRights(): Promise<ExcessRight[]>;
  close(): Promise<void>;
};

/** Never throws: a failure is an answer. */
export async function testConnection(
  probe: ConnectionProbe,
  target: Target,
  applicationName: string,
): Promise<ConnectionTest> {
  const result: ConnectionTest = {
    ok: false,
    version: null,
    role: 'unknown',
    system_identifier: null,
    permissions: [],
    excess: [],
    blind: [],
    role_sql: probe.roleScript(target),
    error: null,
  };
  let session: ProbeSession | null = null;
  try {
    session = await probe.connect(target, applicationName);
    const server = await session.identify();
    result.version = server.version;
    result.role = server.role;
    result.system_identifier = server.systemIdentifier;
    const needs = [
      ...new Map<string, Need>(
        probe.metrics.flatMap((metric) => metric.needs.map((need) => [JSON.stringify(need), need])),
      ).values(),
    ];
    const checked = await session.checkNeeds(needs);
    result.permissions = checked.map(({ text, ok, fixSql }) => ({
      need: text,
      ok,
      fix_sql: ok === true ? null : fixSql,
    }));
    result.blind = probe.metrics.flatMap((metric) => {
      const missing = checked
        .filter(
          ({ need, ok }) =>
            ok === false &&
            metric.needs.some((own) => JSON.stringify(own) === JSON.stringify(need)),
        )
        .map(({ text }) => text);
      const release = probe.missingRelease(metric, server);
      if (release !== null) missing.push(release);
      return missing.length === 0 ? [] : [{ metric: metric.id, missing }];
    });
    result.excess = await session.excessRights();
    result.ok = true;
  } catch (error) {
    result.error =
      error instanceof Failure
        ? error.toJSON()
        : { code: 'not_understood', message: (error as Error).message, fix: null };
  } finally {
    await session?.close();
  }
  return result;
}
