/** The latest deadlock as SHOW ENGINE INNODB STATUS prints it. Pure. */
import { describeMysqlStatement } from '@/lib/statement/mysql/describe-mysql-statement';

export type Deadlock = {
  /** The server's own wall clock: `2026-11-23 22:09:03`. */
  localTime: string;
  /** In the order of the report; statements without literals, null when none is printed. */
  transactions: { id: string; statement: string | null; waitsFor: string | null }[];
  /** Which of them was rolled back, from 1; null when it does not say. */
  victim: number | null;
};

/** InnoDB prints so much of a statement at most (MAX_INNODB_MON_PRINT, 1024 bytes). */
const printed = 1024;
const most = 10;

/** Null when there was none since the server started, or it cannot be read. */
export function parseDeadlock(status: string): Deadlock | null {
  const [, rest] = status.split(/^LATEST DETECTED DEADLOCK\n-+\n/m, 2);
  if (rest === undefined) return null;
  const report = rest.slice(0, 200_000).split(/^-+\n[A-Z][A-Z ]+\n-+\n/m, 1)[0] ?? '';
  const [, localTime] = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)/.exec(report) ?? [];
  if (localTime === undefined) return null;
  const transactions = report
    .split(/^\*\*\* \(\d+\) TRANSACTION:\n/m)
    .slice(1, most + 1)
    .map((part) => {
      const [, given] =
        /^(?:MySQL|MariaDB) thread id \d+, [^\n]*\n([\s\S]*?)\n*^(?:\*\*\* |RECORD LOCKS|TABLE LOCK)/m.exec(
          part,
        ) ?? [];
      const waiting = part.split(/WAITING FOR THIS LOCK TO BE GRANTED:\n/, 2)[1];
      const [, index, table, other] =
        /^(?:RECORD LOCKS [^\n]*? index (\S+) of table (`.*?`\.`.*?`)|TABLE LOCK table (`.*?`\.`.*?`))/.exec(
          waiting ?? '',
        ) ?? [];
      const text = (given ?? '').trim();
      const waits = (table ?? other)?.replaceAll('`', '');
      return {
        id: /^TRANSACTION (\d+)/.exec(part)?.[1] ?? '',
        statement:
          text === ''
            ? null
            : describeMysqlStatement(text, { truncated: Buffer.byteLength(text) >= printed }).text,
        waitsFor: waits === undefined ? null : index ? `${waits} (${index})` : waits,
      };
    });
  const victim = /^\*\*\* WE ROLL BACK TRANSACTION \((\d+)\)/m.exec(report)?.[1];
  return { localTime, transactions, victim: victim === undefined ? null : Number(victim) };
}
