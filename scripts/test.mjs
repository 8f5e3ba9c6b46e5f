#!/usr/bin/env node
/** npm test: installs what is missing, then every check. Ends with `N passed, N failed, N skipped`. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { prepare, say } from './prepare.mjs';

process.chdir(new URL('..', import.meta.url).pathname);
const quick = process.argv[2] === 'verify';
const counts = { passed: 0, failed: 0, skipped: 0 };
const notes = [];
const reports = mkdtempSync(path.join(tmpdir(), 'yagura-test-'));
const env = { ...process.env, FORCE_COLOR: '0', NEXT_TELEMETRY_DISABLED: '1' };

try {
  await prepare({ development: true, build: false });
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  console.log('0 passed, 1 failed');
  process.exit(1);
}

// Route types must exist for the type check of a tree that was never built.
stage('format and lint', ['node_modules/@biomejs/biome/bin/biome', 'ci', '.']);
stage('types', ['node_modules/next/dist/bin/next', 'typegen'], { silent: true });
stage('types', ['node_modules/typescript/bin/tsc', '--noEmit', '-p', '.']);
vitest('pure');
if (!quick) {
  vitest('servers');
  browser();
}
rmSync(reports, { recursive: true, force: true });

for (const note of notes) console.log(note);
const parts = [`${counts.passed} passed`, `${counts.failed} failed`];
if (counts.skipped > 0) parts.push(`${counts.skipped} skipped`);
console.log(parts.join(', '));
process.exit(counts.failed > 0 ? 1 : 0);

function run(args) {
  const startedAt = Date.now();
  const done = spawnSync(process.execPath, args, {
    env,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  return { ok: done.status === 0, output: `${done.stdout ?? ''}${done.stderr ?? ''}`, seconds };
}

/** A stage without tests of its own counts as one. */
function stage(name, args, { silent = false } = {}) {
  const { ok, output, seconds } = run(args);
  if (silent && ok) return;
  say(`${name}: ${ok ? 'passed' : 'FAILED'} (${seconds} s)`);
  if (!ok) console.log(output.slice(-12_000));
  counts[ok ? 'passed' : 'failed'] += 1;
}

function vitest(project) {
  const file = path.join(reports, `${project}.json`);
  const { ok, output, seconds } = run([
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]);
  count(`${project} tests`, ok, output, seconds, () => {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    for (const suite of report.testResults)
      for (const test of suite.assertionResults)
        if (test.status === 'pending' || test.status === 'skipped')
          notes.push(`skipped: ${test.fullName}`);
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests,
      skipped: report.numPendingTests,
    };
  });
}

function browser() {
  const { ok, output, seconds } = run([
    '--import',
    'tsx',
    'e2e/run.ts',
    path.join(reports, 'browser.json'),
  ]);
  count('browser tests', ok, output, seconds, () =>
    JSON.parse(readFileSync(path.join(reports, 'browser.json'), 'utf8')),
  );
}

function count(name, ok, output, seconds, read) {
  let found;
  try {
    found = read();
  } catch {
    found = { passed: 0, failed: 1, skipped: 0 };
  }
  // A run that failed without a failed test broke outside of its tests.
  if (!ok && found.failed === 0) found.failed = 1;
  for (const key of Object.keys(counts)) counts[key] += found[key];
  say(`${name}: ${found.passed} passed, ${found.failed} failed (${seconds} s)`);
  for (const note of found.notes ?? []) notes.push(note);
  if (found.failed > 0) console.log(output.slice(-20_000));
}
