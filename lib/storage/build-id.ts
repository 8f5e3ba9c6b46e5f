import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Which build this process runs, read when it starts: a build that is put in its place later is not the one that answers.
 * Without a build, as while developing, it is always the same.
 */
export const buildId: string = (() => {
  try {
    return readFileSync(path.join(process.cwd(), '.next', 'BUILD_ID'), 'utf8').trim();
  } catch {
    return 'development';
  }
})();
