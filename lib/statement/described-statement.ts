/** A statement as it is kept and shown, whatever the engine. */
export type DescribedStatement = {
  /** Our fingerprint, 16 hex digits: the same for the same statement on every server and version. */
  id: string;
  /** Without literals and comments; `<unparsed, N bytes>` when it could not be read. */
  text: string;
  /** `select`, `insert`, `update`, `delete`, `merge`, `utility:<verb>` or `unknown`. */
  kind: string;
  tables: string[];
  truncated: boolean;
  /** Allow-listed tags of comments, such as sqlcommenter's route. */
  tags: Record<string, string>;
};
