/** Who holds up a session that waits for a metadata lock: the server shows locks, not who conflicts with whom. Pure. */

/** A lock of performance_schema.metadata_locks and the connection it is of. */
export type MetadataLock = {
  /** 0 is a transaction that was prepared, whose connection is gone. */
  connection: number;
  /** What is locked: type, schema and name in one text. */
  object: string;
  type: string;
  pending: boolean;
};

/** Which locks of others a request waits for (sql/mdl.cc, the compatibility matrix of object locks). */
const conflicts: Record<string, readonly string[]> = {
  SHARED: ['EXCLUSIVE'],
  SHARED_HIGH_PRIO: ['EXCLUSIVE'],
  SHARED_READ: ['SHARED_NO_READ_WRITE', 'EXCLUSIVE'],
  SHARED_WRITE: ['SHARED_READ_ONLY', 'SHARED_NO_WRITE', 'SHARED_NO_READ_WRITE', 'EXCLUSIVE'],
  SHARED_WRITE_LOW_PRIO: [
    ...['SHARED_READ_ONLY', 'SHARED_NO_WRITE', 'SHARED_NO_READ_WRITE', 'EXCLUSIVE'],
  ],
  SHARED_UPGRADABLE: ['SHARED_UPGRADABLE', 'SHARED_NO_WRITE', 'SHARED_NO_READ_WRITE', 'EXCLUSIVE'],
  SHARED_READ_ONLY: [
    ...['SHARED_WRITE', 'SHARED_WRITE_LOW_PRIO', 'SHARED_NO_READ_WRITE', 'EXCLUSIVE'],
  ],
  SHARED_NO_WRITE: [
    ...['SHARED_WRITE', 'SHARED_WRITE_LOW_PRIO', 'SHARED_UPGRADABLE', 'SHARED_NO_WRITE'],
    ...['SHARED_NO_READ_WRITE', 'EXCLUSIVE'],
  ],
  SHARED_NO_READ_WRITE: [
    ...['SHARED_READ', 'SHARED_WRITE', 'SHARED_WRITE_LOW_PRIO', 'SHARED_UPGRADABLE'],
    ...['SHARED_READ_ONLY', 'SHARED_NO_WRITE', 'SHARED_NO_READ_WRITE', 'EXCLUSIVE'],
  ],
  INTENTION_EXCLUSIVE: ['SHARED', 'EXCLUSIVE'],
};

/** MariaDB names the locks of its backup stages by their stage; all of them are made for what they hold off. */
const holdsUp = (request: string, held: string) =>
  request === 'EXCLUSIVE' || (conflicts[request]?.includes(held) ?? request !== held);

/**
 * By connection, whom it waits for: those that hold a lock its request conflicts with; where there is none, those that
 * ask for such a lock and stand before it, which is how one ALTER TABLE makes readers wait behind it.
 */
export function metadataLockHolders(
  locks: readonly MetadataLock[],
): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, Set<number>>();
  for (const request of locks.filter(({ pending }) => pending)) {
    const others = locks.filter(
      (one) =>
        one.object === request.object &&
        one.connection !== request.connection &&
        // A global lock is asked for under the name of an object lock: S on what others intend to write.
        (holdsUp(request.type, one.type) ||
          (request.type === 'SHARED' && one.type === 'INTENTION_EXCLUSIVE')),
    );
    const holders = others.filter(({ pending }) => !pending);
    const before = holders.length > 0 ? holders : others;
    const known = found.get(request.connection) ?? new Set<number>();
    for (const { connection } of before) known.add(connection);
    found.set(request.connection, known);
  }
  return new Map([...found].map(([connection, holders]) => [connection, [...holders]]));
}
