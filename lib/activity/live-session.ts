/** One session of a watched server at a moment, in the words of all engines. Text is normalised: no literals. */
export type LiveSession = {
  pid: number;
  /**
   * When the session began, as exact as the server says it: with the pid it names one session for ever. Where sessions have
   * no start: the server's, and the number of the thread.
   */
  started: string;
  /** `client`, or what else the server runs, in its own words (`autovacuum worker`, `walsender`). */
  kind: string;
  user: string | null;
  database: string | null;
  application: string | null;
  client: string | null;
  /** In the server's words: `active`, `idle`, `idle in transaction`, …; null when we may not see it. */
  state: string | null;
  /** What it waits for, class and event; null when it waits for nothing. */
  wait: { class: string; event: string } | null;
  transaction_ms: number | null;
  /** Since the statement began; of an idle session: its last one, where that is told. */
  statement_ms: number | null;
  /** Since it is in this state. */
  state_ms: number | null;
  /** Rows that its transaction changed and that ending it rolls back; null when the server does not count them. */
  rows_changed: number | null;
  statement: {
    /** Our fingerprint of the text. */
    id: string;
    text: string;
    kind: string;
    tables: string[];
    /** The text is surely not cut, neither by the server nor by us. */
    whole: boolean;
    /** How the server's statistics name it, when it says so. */
    key: string | null;
  } | null;
  /** Who holds the lock it waits for; 0 is a prepared transaction. */
  blocked_by: number[];
  /** The process this one works for in a parallel query. */
  leader: number | null;
};
