/** What sessions do to each other: lock waits, transactions left open, vacuum held back. Pure. */
import type { AdviceItem } from '@/lib/contract/advice';
import { countText, msText, shareText } from './amounts';

/** @param engine as definitions name it: `mysql` for MariaDB too */
type Where = { instance: string; engine: string };

export type LockWaits = {
  /** Average sessions that waited for a lock, and of all that were active. */
  average: number;
  load: number;
  /** Who waited, the most first. */
  statements: readonly { id: string | null; text: string | null; average: number }[];
  /** At the head of the queue: `application@database`, and whether it was idle in a transaction. */
  blockers: readonly { name: string; idle: boolean; average: number }[];
};

/** One session that waits for half a minute in an hour. */
const leastWaiting = 0.01;

export function lockAdvice({ instance, engine }: Where, waits: LockWaits): AdviceItem[] {
  if (waits.average < leastWaiting) return [];
  const timeout = engine === 'mysql' ? 'innodb_lock_wait_timeout' : 'lock_timeout';
  const [first] = waits.blockers;
  const head = first
    ? {
        en: ` Mostly behind ${first.name}${first.idle ? ', idle in a transaction' : ''}.`,
        ja: `主な原因は ${first.name}${first.idle ? '(トランザクション中で待機)' : ''} です。`,
      }
    : { en: '', ja: '' };
  return [
    {
      id: `lock_wait/${instance}`,
      kind: 'lock_wait',
      severity: waits.average >= 0.05 ? 'warning' : 'info',
      title: {
        en: `Sessions wait for locks: ${waits.average.toFixed(2)} on average`,
        ja: `ロック待ちのセッションがあります: 平均 ${waits.average.toFixed(2)}`,
      },
      says: {
        en: `${shareText(waits.average / Math.max(waits.load, waits.average))} of the load is waiting for other sessions.${head.en} Shorter transactions, the same order of locking everywhere, and ${timeout} keep queues short.`,
        ja: `負荷の ${shareText(waits.average / Math.max(waits.load, waits.average))} が他のセッションを待っています。${head.ja}トランザクションを短くし、ロックの順序を揃え、${timeout} を設定すると待ち行列が短くなります。`,
      },
      evidence: [
        ...waits.blockers.slice(0, 3).map(({ name, average, idle }) => ({
          label: { en: 'Held up by', ja: '待たせているもの' },
          value: `${name}${idle ? ' (idle in transaction)' : ''}: ${average.toFixed(2)}`,
        })),
        ...waits.statements.slice(0, 3).map(({ text, average }) => ({
          label: { en: 'Waits', ja: '待っている文' },
          value: `${(text ?? '?').slice(0, 80)}: ${average.toFixed(2)}`,
        })),
      ],
      gain: null,
      cost: null,
      known: 'measured',
      sql: null,
      instance,
      database: null,
      table: null,
      index: null,
      statements: waits.statements.flatMap(({ id }) => id ?? []).slice(0, 3),
      lesson: 'locks',
    },
  ];
}

export type IdleTransactions = {
  /** The longest of the window, in ms. */
  longest_ms: number;
  /** Applications with transactions left open, average sessions. */
  applications: readonly { name: string; average: number }[];
  /** Sessions it held up on average. */
  blocks: number;
};

const longIdleMs = 300_000;
const shortIdleMs = 20_000;

/** Long, or short but with others waiting behind it. */
export function idleAdvice({ instance, engine }: Where, idle: IdleTransactions): AdviceItem[] {
  const harms = idle.blocks >= leastWaiting && idle.longest_ms >= shortIdleMs;
  if (idle.longest_ms < longIdleMs && !harms) return [];
  const names = idle.applications.slice(0, 3).map(({ name }) => name);
  const isMysql = engine === 'mysql';
  return [
    {
      id: `idle_in_transaction/${instance}`,
      kind: 'idle_in_transaction',
      severity: 'warning',
      title: {
        en: `Transactions are left open: up to ${msText(idle.longest_ms)} idle`,
        ja: `トランザクションが開いたままです: 最長 ${msText(idle.longest_ms)} 待機`,
      },
      says: {
        en: `An application began a transaction and does something else${names.length > 0 ? ` (${names.join(', ')})` : ''}. Its locks stay, others wait behind them, and ${isMysql ? 'purge' : 'vacuum'} cannot remove what it may still see.`,
        ja: `アプリケーションがトランザクションを開いたまま別のことをしています${names.length > 0 ? `(${names.join('、')})` : ''}。ロックが残って他が待たされ、見える可能性のある行を${isMysql ? 'パージ' : ' VACUUM '}が回収できません。`,
      },
      evidence: [
        {
          label: { en: 'Longest of the window', ja: '期間中の最長' },
          value: msText(idle.longest_ms),
        },
        {
          label: { en: 'Sessions waiting behind it, on average', ja: '待たされたセッション(平均)' },
          value: idle.blocks.toFixed(2),
        },
        ...idle.applications.slice(0, 3).map(({ name, average }) => ({
          label: { en: 'Application', ja: 'アプリケーション' },
          value: `${name}: ${average.toFixed(2)}`,
        })),
      ],
      gain: isMysql
        ? {
            en: 'End the transaction before waiting for people or other services; idle_transaction_timeout of MariaDB ends what forgets to.',
            ja: '人や他サービスを待つ前にトランザクションを終えます。忘れたものは MariaDB なら idle_transaction_timeout が終わらせます。',
          }
        : {
            en: 'End the transaction before waiting for people or other services; idle_in_transaction_session_timeout ends what forgets to.',
            ja: '人や他サービスを待つ前にトランザクションを終えます。忘れたものは idle_in_transaction_session_timeout が終わらせます。',
          },
      cost: {
        en: 'A session that is ended sees an error and must retry.',
        ja: '終了させられたセッションはエラーを受け取り、再試行が必要です。',
      },
      known: 'measured',
      sql: null,
      instance,
      database: null,
      table: null,
      index: null,
      statements: [],
      lesson: 'idle-in-transaction',
    },
  ];
}

export type HeldBack = {
  held_by: string;
  held_ms: number | null;
  xid_age: number | null;
  /** Who it is, where it is still there; `statement` without literals. */
  holder: { name: string; statement: string | null } | null;
  /** Tables past their own autovacuum trigger meanwhile, the worst first. */
  tables: readonly { name: string; dead_rows: number | null; ratio: number }[];
};

const heldMs = 120_000;
const heldAge = 10_000_000;

/** Something keeps old row versions visible while tables are due for vacuum. */
export function heldBackAdvice(
  { instance }: Pick<Where, 'instance'>,
  held: HeldBack,
): AdviceItem[] {
  const old = (held.xid_age ?? 0) >= heldAge;
  if (!old && ((held.held_ms ?? 0) < heldMs || held.tables.length === 0)) return [];
  return [
    {
      id: `vacuum_held_back/${instance}/${held.held_by}`,
      kind: 'vacuum_held_back',
      severity: old ? 'critical' : 'warning',
      title: {
        en: `Vacuum is held back by a ${held.held_by.replaceAll('_', ' ')}${held.held_ms === null ? '' : ` open for ${msText(held.held_ms)}`}`,
        ja: `VACUUM が ${held.held_by} によって妨げられています${held.held_ms === null ? '' : `(${msText(held.held_ms)})`}`,
      },
      says: {
        en: 'Rows that died since it began cannot be removed: tables and indexes grow, and every scan reads the dead rows too.',
        ja: 'それが始まってから不要になった行は回収できません。表とインデックスが膨らみ、スキャンは不要行も読みます。',
      },
      evidence: [
        ...(held.holder
          ? [{ label: { en: 'Held by', ja: '保持しているもの' }, value: held.holder.name }]
          : []),
        ...(held.holder?.statement
          ? [
              {
                label: { en: 'Its statement', ja: 'その文' },
                value: held.holder.statement.slice(0, 200),
              },
            ]
          : []),
        ...(held.xid_age === null
          ? []
          : [
              {
                label: { en: 'Transactions since', ja: 'それ以降のトランザクション数' },
                value: countText(held.xid_age),
              },
            ]),
        ...held.tables.slice(0, 3).map(({ name, dead_rows, ratio }) => ({
          label: { en: 'Due for vacuum', ja: 'VACUUM 待ちの表' },
          value: `${name}: ${dead_rows === null ? '?' : countText(dead_rows)} (${ratio.toFixed(1)}×)`,
        })),
      ],
      gain: {
        en: 'End or shorten what holds it: the transaction, the query on a standby, the slot nobody reads, the prepared transaction.',
        ja: '原因(長いトランザクション、スタンバイの問い合わせ、読み手のないスロット、プリペアドトランザクション)を終わらせるか短くします。',
      },
      cost: null,
      known: 'measured',
      sql: null,
      instance,
      database: null,
      table: held.tables[0]?.name ?? null,
      index: null,
      statements: [],
      lesson: 'vacuum',
    },
  ];
}
