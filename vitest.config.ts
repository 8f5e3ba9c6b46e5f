import path from 'node:path';
import { defineConfig } from 'vitest/config';

const alias = { '@': path.resolve('.') };
const everywhere = ['node_modules/**', '.cache/**', '.next/**', '.yagura/**'];

/** `pure` takes seconds and needs nothing; `servers` starts real database servers. */
export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'pure',
          include: ['**/*.test.{ts,tsx}'],
          exclude: [...everywhere, '**/*.server.test.ts'],
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'servers',
          include: ['**/*.server.test.ts'],
          exclude: everywhere,
          testTimeout: 120_000,
          hookTimeout: 180_000,
          // Two cores: more than two files at once only make each other late.
          maxWorkers: 2,
        },
      },
    ],
  },
});
