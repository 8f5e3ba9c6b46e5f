/** What a statement is: PostgreSQL's own parser tells its kind, tables and fingerprint. */
import { loadModule, type ParseResult, parseSync } from 'libpg-query';

let ready: Promise<void> | undefined;

/** The parser is WASM and is loaded once. */
export function loadParser(): Promise<void> {
  ready ??= loadModule();
  return ready;
}

export type Parsed = {
  /** `SelectStmt`, `InsertStmt`, … one per statement. */
  kinds: string[];
  tree: ParseResult;
};

/** Null when the text is not SQL that PostgreSQL would accept. loadParser first. */
export function parsePostgres(text: string): Parsed | null {
  try {
    const tree = parseSync(text);
    const kinds = (tree.stmts ?? []).map(({ stmt }) => Object.keys(stmt ?? {})[0] ?? '');
    return { kinds, tree };
  } catch {
    return null;
  }
}

/** Calls `see` for every node with its type's name. Iterative: a hostile text may nest deeply. */
export function walkNodes(
  root: unknown,
  see: (type: string, node: Record<string, unknown>) => void,
): void {
  const open: unknown[] = [root];
  while (open.length > 0) {
    const next = open.pop();
    if (Array.isArray(next)) {
      for (const item of next) open.push(item);
    } else if (typeof next === 'object' && next !== null) {
      for (const [name, value] of Object.entries(next)) {
        if (typeof value !== 'object' || value === null) continue;
        if (/^[A-Z]/.test(name)) see(name, value as Record<string, unknown>);
        // A few places of the tree hold a table without the name of its type.
        else if (name === 'relation' && 'relname' in value)
          see('RangeVar', value as Record<string, unknown>);
        open.push(value);
      }
    }
  }
}

/** Tables by the names they are called in the text, schema first when it is given; names of CTEs are none. */
export function tablesOf(tree: ParseResult): string[] {
  const tables = new Set<string>();
  const common = new Set<string>();
  walkNodes(tree, (type, node) => {
    if (type === 'CommonTableExpr') common.add(String(node.ctename));
    if (type !== 'RangeVar') return;
    const schema = typeof node.schemaname === 'string' ? `${node.schemaname}.` : '';
    tables.add(schema + String(node.relname));
  });
  return [...tables].filter((name) => !common.has(name)).sort();
}
