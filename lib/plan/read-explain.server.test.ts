/** On each version that is watched: the text of an execution is read as its JSON is. */
import { expect, test } from 'vitest';
import { recordPlans, planSettings as settings } from '@/scripts/record-plans';
import { postgresVersions, startPostgres } from '@/scripts/servers/embedded';
import { planFindings } from './plan-findings';
import { readExplain } from './read-explain';

test.each(postgresVersions)('PostgreSQL %i', async (version) => {
  const server = await startPostgres({ version, settings });
  try {
    const plans = await recordPlans(server, version);
    expect(plans.size).toBeGreaterThan(45);
    const kinds = new Set<string>();
    for (const [name, { json, logged, text }] of plans) {
      const { root, execution } = readExplain(JSON.stringify(json));
      expect([name, readExplain(logged ?? text).root]).toEqual([name, root]);
      for (const { kind } of planFindings(root, '', {}, { execution })) kinds.add(kind);
    }
    const expected = ['estimate_off', 'spill_sort', 'spill_hash', 'selective_seq_scan'];
    expected.push('nested_seq_scan', 'heap_fetches', 'lossy_bitmap', 'workers_missing');
    expect([...kinds]).toEqual(expect.arrayContaining(expected));
  } finally {
    await server.stop();
  }
});
