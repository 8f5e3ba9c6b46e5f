import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Which build this process runs, read when it starts: a build that is put in its place later is not the one that answers.
 * Without a build, as while developing, it is always the same. YAGURA_BUILD tells apart what was built from the same
 * sources and is to be loaded anew all the same.
 */
export const buildId: string = (() => {
  if (process.env.YAGURA_BUILD) return process.env.YAGURA_BUILD;
  try {
    return readFileSync(path.join(process.cwd(), '.next', 'BUILD_ID'), 'utf8').trim();
  } catch {
    return 'development';
  }
})();
