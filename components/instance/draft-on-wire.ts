/** Between the form's draft and what the API takes and gives. Pure. */
import type { InstanceBody, InstanceInput, InstanceTestBody } from '@/lib/contract';
import type { Engine } from '@/lib/metric/define-metric';
import { engineName } from '@/lib/metric/engine-source';
import type { TestState } from './ConnectionTest';
import {
  type DraftField,
  type InstanceDraft,
  labelsOf,
  type StoredInstance,
} from './instance-draft';

const NAMES: Readonly<Record<string, DraftField>> = {
  explain_enabled: 'explainEnabled',
  explain_user: 'explainUser',
  explain_password: 'explainPassword',
  node_exporter_url: 'nodeExporterUrl',
};
const FIELDS: readonly string[] = [
  'name',
  'cluster',
  'host',
  'port',
  'database',
  'user',
  'password',
  'tls',
  'labels',
  'cloudwatch',
];

/** The draft that shows a stored instance; its passwords stay empty because nobody gets them back. */
export function draftOf(instance: InstanceBody): InstanceDraft {
  return {
    engine: instance.engine,
    name: instance.name,
    cluster: instance.cluster,
    host: instance.host,
    port: String(instance.port),
    database: instance.database,
    user: instance.user,
    password: '',
    tls: instance.tls,
    explainEnabled: instance.explain_enabled,
    explainSeparate: instance.explain_user !== null,
    explainUser: instance.explain_user ?? 'yagura_explain',
    explainPassword: '',
    nodeExporterUrl: instance.node_exporter_url ?? '',
    cloudwatch: instance.cloudwatch ?? '',
    labels: Object.entries(instance.labels).map(([key, value]) => ({ key, value })),
  };
}

export function storedOf(instance: InstanceBody): StoredInstance {
  return {
    host: instance.host,
    port: String(instance.port),
    user: instance.user,
    tls: instance.tls,
    explainUser: instance.explain_user ?? '',
  };
}

function connectionBody(draft: InstanceDraft) {
  return {
    engine: draft.engine,
    host: draft.host.trim(),
    port: Number(draft.port),
    database: draft.database.trim(),
    user: draft.user.trim(),
    tls: draft.tls,
    ...(draft.password && { password: draft.password }),
  };
}

/** Everything the form says. An empty password is left out, which keeps a stored one. */
export function patchBody(draft: InstanceDraft, stored: InstanceBody | null) {
  const separate = draft.explainEnabled && draft.explainSeparate;
  return {
    ...connectionBody(draft),
    name: draft.name.trim(),
    cluster: draft.cluster.trim(),
    labels: labelsOf(draft),
    explain_enabled: draft.explainEnabled,
    node_exporter_url: draft.nodeExporterUrl.trim() || null,
    cloudwatch: draft.cloudwatch.trim() || null,
    ...(separate
      ? {
          explain_user: draft.explainUser.trim(),
          ...(draft.explainPassword && { explain_password: draft.explainPassword }),
        }
      : stored?.explain_user != null && { explain_user: null }),
  } satisfies Partial<InstanceInput>;
}

/** A test of the connection; `instance` lets the server use the stored passwords where none were typed. */
export function testBody(draft: InstanceDraft, instance: string | null): Record<string, unknown> {
  return {
    ...connectionBody(draft),
    ...(instance !== null && { instance }),
    ...(draft.explainEnabled &&
      draft.explainSeparate && {
        explain_user: draft.explainUser.trim(),
        ...(draft.explainPassword && { explain_password: draft.explainPassword }),
      }),
  };
}

/** Names of the API's fields as the form's; an unknown one is left to the message. */
export function draftFields(
  fields: Readonly<Record<string, string>>,
): Partial<Record<DraftField, string>> {
  const known: Partial<Record<DraftField, string>> = {};
  for (const [name, message] of Object.entries(fields)) {
    const first = name.split('.', 1)[0] ?? name;
    const field = NAMES[first] ?? (FIELDS.includes(first) ? (first as DraftField) : null);
    if (field) known[field] = message;
  }
  return known;
}

/** @param titleOf the name of a metric in the reader's language. */
export function testState(
  engine: Engine,
  body: InstanceTestBody,
  titleOf: (metric: string) => string,
): TestState {
  if (!body.ok)
    return {
      kind: 'failed',
      message: body.error?.message ?? '?',
      fix: body.error?.fix ?? null,
    };
  return {
    kind: 'ok',
    version: `${engineName[engine]} ${body.version ?? '?'}`,
    role: body.role,
    permissions: body.permissions.map(({ need, ok, fix_sql: fixSql }) => ({
      need,
      ok,
      fixSql,
      panels: body.blind
        .filter(({ missing }) => missing.includes(need))
        .map((one) => titleOf(one.metric)),
    })),
    excess: body.excess.map(({ right, fix_sql: fixSql }) => ({ right, fixSql })),
    explain: body.explain,
  };
}
