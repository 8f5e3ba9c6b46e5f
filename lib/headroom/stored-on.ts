/** Where a server keeps its files, and on which filesystem that is. Pure. */

export const storedUses = ['data', 'wal', 'redo', 'binlog'] as const;
export type StoredUse = (typeof storedUses)[number];
/** `path` null: the server does not tell. */
export type Stored = { use: StoredUse; path: string | null };

/**
 * As the server's own settings name it: `data_directory` of PostgreSQL (told to members of pg_read_all_settings), whose
 * changes are in `pg_wal` beneath; `datadir`, `innodb_log_group_home_dir` and `log_bin_basename` of MySQL and MariaDB.
 */
export function storedBy(engine: string, setting: (name: string) => string | null): Stored[] {
  if (engine === 'postgres') {
    const data = setting('data_directory');
    return [
      { use: 'data', path: data },
      { use: 'wal', path: data === null ? null : under(data, 'pg_wal') },
    ];
  }
  const data = setting('datadir');
  const redo = setting('innodb_log_group_home_dir');
  const binlog = setting('log_bin_basename');
  const absolute = (path: string) =>
    path.startsWith('/') ? path : data === null ? null : under(data, path.replace(/^\.\/?/, ''));
  return [
    { use: 'data', path: data },
    { use: 'redo', path: redo ? absolute(redo) : data },
    ...(binlog ? [{ use: 'binlog' as const, path: absolute(binlog) }] : []),
  ];
}

const under = (folder: string, path: string) => `${folder.replace(/\/+$/, '')}/${path}`;

/** The mount that a path lies on: of those above it the nearest. Symbolic links are not seen. */
export function mountOf(path: string, mounts: readonly string[]): string | null {
  const above = mounts.filter((mount) => path === mount || path.startsWith(under(mount, '')));
  return above.toSorted((a, b) => b.length - a.length)[0] ?? null;
}
