import { compilePrefix, severities } from './line-prefix';
import { cut, type LogEntry, longestField, longestMessage } from './log-entry';

export type StderrReader = {
  /** The word a message begins with, `LOG` or `STATEMENT`; null when it has no prefix. */
  wordOf(record: string): string | null;
  /** Whether a message with this word begins an entry, as opposed to continuing one. */
  beginsEntry(word: string): boolean;
  /** One message: its lines after the first begin with a tab. */
  read(record: string): void;
  /** Entries that are complete; the last one too when nothing follows it any more. */
  take(all: boolean): LogEntry[];
  readonly unreadable: number;
};

/**
 * Entries of the stderr format. DETAIL and STATEMENT are messages of their own; the server writes them in one piece with
 * the one they belong to.
 */
export function stderrReader(prefix: string, clock: (text: string) => number | null): StderrReader {
  const match = compilePrefix(prefix);
  const done: LogEntry[] = [];
  let open: LogEntry | null = null;
  let unreadable = 0;
  const close = () => {
    if (open !== null) done.push(open);
    open = null;
  };
  return {
    wordOf: (record) => match(record)?.word ?? null,
    beginsEntry: (word) => severities.test(word),
    get unreadable() {
      return unreadable;
    },
    read(record) {
      const found = match(record.replaceAll('\n\t', '\n'));
      if (found === null) {
        if (record.trim() !== '') unreadable += 1;
        return;
      }
      const { facts, word, text } = found;
      if (severities.test(word)) {
        close();
        open = {
          at: facts.epoch ?? (facts.time === null ? null : clock(facts.time)),
          pid: facts.pid,
          session: facts.session,
          user: facts.user,
          database: facts.database,
          application: facts.application,
          severity: word,
          sqlstate: facts.sqlstate,
          message: text.slice(0, longestMessage),
          detail: null,
          statement: null,
          queryId: facts.queryId,
        };
      } else if (open !== null && open.pid === facts.pid) {
        if (word === 'DETAIL') open.detail = cut(text, longestField);
        if (word === 'STATEMENT') open.statement = cut(text, longestField);
      }
    },
    take(all) {
      if (all) close();
      return done.splice(0);
    },
  };
}
