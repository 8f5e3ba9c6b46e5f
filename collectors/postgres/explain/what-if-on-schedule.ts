/** Advised indexes are checked with the planner, without anybody asking, where hypopg is installed. */
import type { Pool } from 'pg';
import { type BeginBeside, inLane, repeat } from '@/collectors/run/beside';
import { inTurn } from '@/collectors/run/explain/in-turn';
import { explainLogin } from '@/collectors/run/login-of';
import { readWatchedInstance } from '@/collectors/store/watched-instances';
import type { AdviceItem } from '@/lib/contract';
import { readAdvice } from '@/lib/storage/read-advice';
import { statementTexts } from '@/lib/storage/statement-texts';
import { readWhatIfAnswers, writeWhatIfAnswer } from '@/lib/storage/what-if-answers';
import { whatIf } from './what-if';

const firstMs = 90_000;
const everyMs = 300_000;
const windowMs = 3_600_000;
/** Indexes asked about each time, the most valuable first, and statements of each. */
const mostIndexes = 3;
const mostStatements = 3;
const patienceMs = 8000;

/** Answers are kept for two days: within them an index is asked about once, unless it is advised otherwise. */
export function whatIfOnSchedule(options: {
  db: Pool;
  rootKey: string;
  applicationName: string;
  log(message: string): void;
  firstMs?: number;
  everyMs?: number;
}): BeginBeside {
  const { db, rootKey, applicationName } = options;
  return ({ id, engine }, lease) =>
    repeat({
      firstMs: options.firstMs ?? firstMs,
      everyMs: options.everyMs ?? everyMs,
      onError: (error) =>
        options.log(`indexes of instance ${id}: ${(error as Error).stack ?? String(error)}`),
      work: async () => {
        const instance = engine === 'postgres' ? await readWatchedInstance(db, id) : null;
        if (!instance?.explainEnabled) return;
        const databases = await withHypopg(db, id);
        if (databases.length === 0) return;
        for (const item of await unasked(db, id, databases)) {
          const index = plainIndex(item.sql);
          const texts = [
            ...(await statementTexts(db, item.statements.slice(0, mostStatements))).values(),
          ];
          if (index === null || texts.length === 0) continue;
          const login = explainLogin(instance, item.database ?? instance.database, rootKey);
          const answer = await inTurn(db, id, patienceMs, () =>
            inLane(id, () => whatIf(login, texts, index, applicationName)),
          );
          if (answer === null) continue; // Asked again next time.
          await writeWhatIfAnswer(
            db,
            lease,
            item,
            answer.status === 'ok'
              ? { ...answer, status: answer.used ? 'used' : 'unused', reason: null }
              : {
                  ...{ status: 'unknown', reason: answer.reason },
                  ...{ cost_before: null, cost_after: null, bytes: null },
                },
          );
        }
      },
    });
}

async function withHypopg(db: Pool, instanceId: number): Promise<string[]> {
  const { rows } = await db.query<{ database: string }>(
    `select database from inventory where instance_id = $1 and body ->> 'hypopg' = 'true'`,
    [instanceId],
  );
  return rows.map(({ database }) => database);
}

async function unasked(db: Pool, id: number, databases: string[]): Promise<AdviceItem[]> {
  const to = Date.now();
  const [{ advice }, answerOf] = await Promise.all([
    readAdvice(db, { instance: String(id), from: to - windowMs, to }),
    readWhatIfAnswers(db, [id]),
  ]);
  return advice
    .filter(
      (item) =>
        item.kind === 'missing_index' &&
        item.instance === String(id) &&
        databases.includes(item.database ?? '') &&
        answerOf(item) === undefined,
    )
    .slice(0, mostIndexes);
}

/** As the extension takes it: without a name, of one table; null for the several statements of a partitioned one. */
export function plainIndex(sql: string | null): string | null {
  const found = /^CREATE INDEX CONCURRENTLY (?:"(?:[^"]|"")+"|\w+) (ON [^;]+);$/.exec(sql ?? '');
  return found ? `CREATE INDEX ${found[1]}` : null;
}
