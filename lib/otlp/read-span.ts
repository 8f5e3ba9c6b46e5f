import { createHash } from 'node:crypto';
import type { KeptSpan } from '@/lib/service/trace';
import { describeStatement } from '@/lib/statement/describe-statement';
import type { DescribedStatement } from '@/lib/statement/described-statement';
import { describeMysqlStatement } from '@/lib/statement/mysql/describe-mysql-statement';
import { isError, routeOf } from './describe-service';
import { type Attributes, cleanText } from './fields';
import type { Span } from './requests';

/** A span as it is kept, with what goes with it when it is stored. */
export type ReadSpan = {
  span: KeptSpan;
  route: string;
  failed: boolean;
  statement: DescribedStatement | null;
  /** The database server's host and port, as the application calls it. */
  address: { host: string; port: number } | null;
};

/** https://opentelemetry.io/docs/specs/otel/trace/api/#spankind */
const serverKind = 2;
const clientKind = 3;
const relational =
  /^(postgresql|mysql|mariadb|oracle|mssql|microsoft\.sql_server|sqlite|db2|other_sql)/;

/** Reads one span; both names of the semantic conventions. The statement's text is described and then forgotten. */
export async function readSpan(given: Span): Promise<ReadSpan> {
  const { attributes } = given;
  const first = (...names: string[]) =>
    names.map((name) => attributes.get(name)).find((one) => one);
  const system = first('db.system.name', 'db.system') ?? '';
  const text = first('db.query.text', 'db.statement');
  const operation = text ?? first('db.operation.name', 'db.operation');
  // Waiting for a connection of the application's pool has a system and no operation: it is not the database's time.
  const database = relational.test(system) && operation !== undefined;
  const statement = database && text ? await described(system, text) : null;
  const host = first('server.address', 'net.peer.name');
  const port = Number(first('server.port', 'net.peer.port') ?? defaultPort(system));
  return {
    span: {
      ...{ traceId: given.traceId, spanId: given.spanId, parentId: given.parentSpanId },
      kind: kindOf(given.kind, database),
      ...{ from: given.startTimeUnixNano, to: given.endTimeUnixNano },
      statementId: statement?.id ?? null,
    },
    route: nameOf(given),
    failed: failedOf(given, attributes),
    statement,
    address: database && host ? { host: cleanText(host, 255), port } : null,
  };
}

function kindOf(kind: number, database: boolean): KeptSpan['kind'] {
  if (kind === serverKind) return 'server';
  if (database) return 'database';
  return kind === clientKind ? 'call' : 'inner';
}

const defaultPort = (system: string) => (system === 'postgresql' ? 5432 : 3306);

/** As metrics name the route; of another protocol its method, else the span's own name, which is meant to be one of few. */
function nameOf({ attributes, name }: Span): string {
  if (attributes.has('http.request.method') || attributes.has('http.method'))
    return routeOf(attributes);
  const method = attributes.get('rpc.method');
  const service = attributes.get('rpc.service');
  const called = method ? [service, method].filter(Boolean).join('/') : name;
  return cleanText(called || '(no name)', 300);
}

const errorCode = 2;

function failedOf({ status }: Span, attributes: Attributes): boolean {
  const answered =
    attributes.has('http.response.status_code') || attributes.has('http.status_code');
  return answered ? isError(attributes) : status?.code === errorCode;
}

/** By the hash of the text, so that literals are not in memory either. */
const known = new Map<string, DescribedStatement>();

async function described(system: string, text: string): Promise<DescribedStatement | null> {
  const mysql = /^(mysql|mariadb)/.test(system);
  if (!mysql && system !== 'postgresql') return null;
  const key = createHash('sha1').update(`${mysql} ${text}`).digest('base64');
  const before = known.get(key);
  if (before) return before;
  const found = mysql ? describeMysqlStatement(text) : await describeStatement(text);
  if (known.size >= 5000) known.clear();
  known.set(key, found);
  return found;
}
