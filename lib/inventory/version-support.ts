/** Final releases of the major versions, https://www.postgresql.org/support/versioning/ */
const lastDay: Record<number, string> = {
  13: '2025-11-13',
  14: '2026-11-12',
  15: '2027-11-11',
  16: '2028-11-09',
  17: '2029-11-08',
  18: '2030-11-14',
};

/**
 * Until when a version gets fixes, epoch ms at the end of that day (UTC); null for one not known here.
 * @param versionNumber server_version_num
 */
export function supportedUntil(versionNumber: number): number | null {
  const day = lastDay[Math.floor(versionNumber / 10_000)];
  return day === undefined ? null : Date.parse(`${day}T23:59:59.999Z`);
}
