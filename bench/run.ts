/** Benchmarks: what GOALS promises, measured on this machine. `npm run bench`, or `npm run bench -- --quick`. */
import { spawnSync } from 'node:child_process';

const benches = [
  'store.ts',
  'pages.ts',
  'screens.ts',
  'fleet.ts',
  'route.ts',
  'alerts.ts',
  'alert-time.ts',
  'cost.ts',
  'wall.ts',
];

let failed = 0;
for (const file of benches) {
  const { status } = spawnSync(
    process.execPath,
    ['--import', 'tsx', `bench/${file}`, ...process.argv.slice(2)],
    { stdio: 'inherit' },
  );
  if (status !== 0) failed += 1;
}
process.exitCode = failed ? 1 : 0;
