import type { OwnRead } from '../own-reads';

/** Sums SHOW BINARY LOGS; a server without a binary log has no row. @throws Failure */
export const readBinlog: OwnRead = async (session, metric, sql, timeoutMs) => {
  const options = { doing: metric.id, timeoutMs };
  const { columns, rows } = await session.query(sql, options);
  const [row] = rows;
  if (row?.[columns.indexOf('enabled')] !== '1') return { columns, rows: [] };
  const logs = await session.query('show binary logs', options);
  const size = logs.columns.indexOf('File_size');
  const told: Record<string, string> = {
    files: String(logs.rows.length),
    bytes: String(logs.rows.reduce((sum, log) => sum + Number(log[size] ?? Number.NaN), 0)),
  };
  return { columns, rows: [columns.map((name, index) => told[name] ?? row[index] ?? null)] };
};
