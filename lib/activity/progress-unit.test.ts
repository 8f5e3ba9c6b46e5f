import { expect, test } from 'vitest';
import { progressUnit } from './progress-unit';

test.each([
  ['vacuum', 'scanning heap', 'pages'],
  ['vacuum', 'vacuuming indexes', 'indexes'],
  ['analyze', 'acquiring sample rows', 'pages'],
  ['analyze', 'computing extended statistics', 'statistics'],
  ['create-index', 'building index: scanning table', 'pages'],
  ['create-index', 'building index: loading tuples in tree', 'rows'],
  ['create-index', 'waiting for writers before build', 'lockers'],
  ['copy', 'copy from', 'bytes'],
  ['base-backup', 'streaming database files', 'bytes'],
])('%s, %s counts %s', (operation, phase, unit) =>
  expect(progressUnit(operation, phase)).toBe(unit),
);
