/** What the "Watch a database" form holds while a person types, and what is wrong with it. Pure. */

import type { Engine } from '@/lib/metric/define-metric';
import { engineDefaults } from '@/lib/metric/engine-source';

export type TlsMode = 'off' | 'require' | 'verify-full';

export type InstanceDraft = {
  engine: Engine;
  name: string;
  cluster: string;
  host: string;
  port: string;
  database: string;
  user: string;
  password: string;
  tls: TlsMode;
  explainEnabled: boolean;
  explainSeparate: boolean;
  explainUser: string;
  explainPassword: string;
  nodeExporterUrl: string;
  /** Region and DB instance identifier. */
  cloudwatch: string;
  labels: { key: string; value: string }[];
};

/** What an edited instance already has; passwords are never among it. */
export type StoredInstance = Pick<InstanceDraft, 'host' | 'port' | 'user' | 'tls' | 'explainUser'>;

/** Keys under `form` in the messages. */
export type Problem =
  | 'required'
  | 'portRange'
  | 'tooLong'
  | 'hostIsUrl'
  | 'notHttp'
  | 'notCloudwatch';
export type DraftField = keyof InstanceDraft;
export type Problems = Partial<Record<DraftField, Problem>>;

export const MAX_NAME = 63;

export const emptyDraft: InstanceDraft = {
  engine: 'postgres',
  name: '',
  cluster: '',
  host: '',
  port: '5432',
  database: 'postgres',
  user: 'yagura',
  password: '',
  tls: 'require',
  explainEnabled: true,
  explainSeparate: false,
  explainUser: 'yagura_explain',
  explainPassword: '',
  nodeExporterUrl: '',
  cloudwatch: '',
  labels: [],
};

/** The draft for another engine: what was not typed but filled in for the old one becomes what is usual for the new one. */
export function withEngine(draft: InstanceDraft, engine: Engine): InstanceDraft {
  const [old, usual] = [engineDefaults[draft.engine], engineDefaults[engine]];
  return {
    ...draft,
    engine,
    port: draft.port === String(old.port) ? String(usual.port) : draft.port,
    database: draft.database === old.database ? usual.database : draft.database,
  };
}

/** True when a stored password must be given again: it only ever goes to the host, port, user and TLS it was given for. */
export function passwordNeededAgain(draft: InstanceDraft, stored: StoredInstance): boolean {
  return movedElsewhere(draft, stored) || draft.user.trim() !== stored.user;
}

/** The same for the password of the separate EXPLAIN login. */
export function explainPasswordNeededAgain(draft: InstanceDraft, stored: StoredInstance): boolean {
  return movedElsewhere(draft, stored) || draft.explainUser.trim() !== stored.explainUser;
}

function movedElsewhere(draft: InstanceDraft, stored: StoredInstance): boolean {
  return (
    draft.host.trim() !== stored.host ||
    draft.port.trim() !== stored.port ||
    draft.tls !== stored.tls
  );
}

/**
 * What can be seen to be wrong before asking the server, per field. The server checks all of it again.
 * @param stored the instance being edited, or null for a new one.
 */
export function problemsOf(draft: InstanceDraft, stored: StoredInstance | null): Problems {
  const problems: Problems = {};
  for (const field of ['name', 'cluster', 'host', 'port', 'database', 'user'] as const) {
    const value = draft[field].trim();
    if (!value) problems[field] = 'required';
    else if (value.length > (field === 'host' ? 253 : MAX_NAME)) problems[field] = 'tooLong';
  }
  const port = Number(draft.port.trim());
  if (!problems.port && !(Number.isInteger(port) && port >= 1 && port <= 65_535))
    problems.port = 'portRange';
  if (!problems.host && /[/@?#\s]|:\/\//.test(draft.host.trim())) problems.host = 'hostIsUrl';
  if (!draft.password && (!stored || passwordNeededAgain(draft, stored)))
    problems.password = 'required';
  const exporter = draft.nodeExporterUrl.trim();
  if (exporter && !/^https?:\/\/[^\s/@]+(\/[^\s@]*)?$/.test(exporter))
    problems.nodeExporterUrl = 'notHttp';
  const cloudwatch = draft.cloudwatch.trim();
  if (cloudwatch && !/^[a-z]{2,}(-[a-z]+)+-\d\/[A-Za-z][A-Za-z0-9-]{0,62}$/.test(cloudwatch))
    problems.cloudwatch = 'notCloudwatch';
  if (draft.explainEnabled && draft.explainSeparate) {
    if (!draft.explainUser.trim()) problems.explainUser = 'required';
    if (!draft.explainPassword && (!stored || explainPasswordNeededAgain(draft, stored)))
      problems.explainPassword = 'required';
  }
  return problems;
}

/** Labels as an object; rows without a key are left out, the last of equal keys wins. */
export function labelsOf(draft: InstanceDraft): Record<string, string> {
  return Object.fromEntries(
    draft.labels
      .map(({ key, value }) => [key.trim(), value.trim()] as const)
      .filter(([key]) => key !== ''),
  );
}
