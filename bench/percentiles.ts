const rounds = process.argv.includes('--quick') ? 10 : 30;

/** How long a read takes when it was made before. */
export async function percentiles(read: () => Promise<unknown>) {
  for (let n = 0; n < 3; n++) await read();
  const times: number[] = [];
  for (let n = 0; n < rounds; n++) {
    const before = performance.now();
    await read();
    times.push(performance.now() - before);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => Math.round((times[Math.ceil(rounds * share) - 1] ?? 0) * 10) / 10;
  return { 'p50 ms': at(0.5), 'p95 ms': at(0.95) };
}
