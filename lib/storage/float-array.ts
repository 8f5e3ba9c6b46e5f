/**
 * Reads `array_send(float8[])`, PostgreSQL's binary form of an array (src/backend/utils/adt/arrayfuncs.c): three times
 * as fast as its text, which both sides spell out digit by digit.
 * @param each called with the index of each element that is not null, and the element
 */
export function eachFloat(sent: Buffer, each: (index: number, value: number) => void): void {
  if (sent.readInt32BE(0) === 0) return; // No dimension: an empty array.
  const count = sent.readInt32BE(12);
  let offset = 20;
  for (let index = 0; index < count; index++) {
    const length = sent.readInt32BE(offset);
    offset += 4;
    if (length !== 8) continue;
    each(index, sent.readDoubleBE(offset));
    offset += 8;
  }
}

/** The array as a list, null where it has NULL. */
export function floatsOf(sent: Buffer): (number | null)[] {
  const list: (number | null)[] = new Array(
    sent.readInt32BE(0) === 0 ? 0 : sent.readInt32BE(12),
  ).fill(null);
  eachFloat(sent, (index, value) => {
    list[index] = value;
  });
  return list;
}
