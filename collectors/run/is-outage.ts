/** What Node and the driver say when they cannot reach the store; any other error without an SQLSTATE is a fault of ours. */
const networkErrors =
  /ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOST|ENET|ENOENT|EMFILE|ENFILE|connection|timeout|queryable/i;

/** The store is away or overloaded: the same parcel will be taken later. Anything with another SQLSTATE is refused for good. */
export function isOutage(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code))
    return networkErrors.test(`${code} ${(error as Error).message}`);
  return /^(08|53|57|58|40|55)/.test(code) || code === '25006';
}
