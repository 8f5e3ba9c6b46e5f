import type { FindingBody, PlanNode } from '@/lib/contract';
import { countText, finding, kbText, labels, type PlanView, type Said, stepText } from './finding';

const blockKb = 8;
/** More than this is better not asked for: fewer rows or an index in that order help, memory does not. */
const mostAdvisedMb = 1024;

/** Sorts, hashes, aggregates and kept results that did not fit into work_mem. */
export function spillFindings({ places, execution }: PlanView): FindingBody[] {
  const now = execution?.settings.find((one) => one.name === 'work_mem')?.value ?? null;
  return places.flatMap(({ node, path }) => {
    const { sort, hash, aggregate, loops = 1 } = node.actual ?? {};
    if (sort?.disk_kb) {
      // In memory rows take more room than in a file: pointers and headers; a process sorts its share.
      const processes = Math.max(1, loops);
      return [
        say(path, 'spill_sort', sort.disk_kb, (sort.disk_kb * 3) / processes, now, {
          en: `The sort did not fit into work_mem: ${kbText(sort.disk_kb)} went through disk (${sort.method}).`,
          ja: `ソートが work_mem に収まらず、${kbText(sort.disk_kb)} をディスク経由で処理しました(${sort.method})。`,
        }),
      ];
    }
    if (hash && hash.batches > 1) {
      const whole = hash.batches * (hash.memory_kb ?? 0);
      const grown = hash.batches > (hash.planned_batches ?? hash.batches);
      return [
        say(path, 'spill_hash', whole, whole * 1.2, now, {
          en: `The hash did not fit into work_mem and was split into ${countText(hash.batches)} batches, about ${kbText(whole)} in all; the rest of both sides went through disk.${grown ? ` ${hash.planned_batches === 1 ? 'One was' : `${hash.planned_batches} were`} planned: it was expected to be smaller.` : ''}`,
          ja: `ハッシュが work_mem に収まらず ${countText(hash.batches)} バッチ(合計約 ${kbText(whole)})に分割され、両側の残りがディスクを経由しました。${grown ? `計画では ${hash.planned_batches} バッチで、もっと小さい見込みでした。` : ''}`,
        }),
      ];
    }
    if (aggregate?.disk_kb)
      return [
        say(
          path,
          'spill_aggregate',
          aggregate.disk_kb,
          (aggregate.memory_kb ?? 0) + aggregate.disk_kb * 2,
          now,
          {
            en: `The groups did not fit into work_mem: ${kbText(aggregate.disk_kb)} went through disk in ${countText(aggregate.batches)} batches.`,
            ja: `グループが work_mem に収まらず、${kbText(aggregate.disk_kb)} を ${countText(aggregate.batches)} バッチでディスク経由で処理しました。`,
          },
        ),
      ];
    const kept =
      /^(Materialize|CTE Scan|WindowAgg|Recursive Union|Function Scan|Table Function Scan)$/;
    const own = ownTempBlocks(node) * blockKb;
    if (kept.test(node.type) && own > 0)
      return [
        say(path, 'spill_store', own, own * 1.5, now, {
          en: `${stepText(node)} keeps its rows, and they did not fit into work_mem: ${kbText(own)} were written to disk.`,
          ja: `${stepText(node)} が保持する行が work_mem に収まらず、${kbText(own)} をディスクに書き出しました。`,
        }),
      ];
    return [];
  });
}

function say(
  path: string,
  kind: string,
  diskKb: number,
  neededKb: number,
  now: string | null,
  what: Said,
): FindingBody {
  const mb = 2 ** Math.max(2, Math.ceil(Math.log2(Math.max(1, neededKb / 1024))));
  const fits = mb <= mostAdvisedMb;
  const had: Said = now ? { en: ` (it was ${now})`, ja: `(当時 ${now})` } : { en: '', ja: '' };
  return finding(
    path,
    kind,
    'warning',
    {
      en: `${what.en} ${fits ? `About ${mb} MB of work_mem${had.en} would keep it in memory. It is taken per sort or hash and connection: set it for this statement or role alone.` : 'It is too much for memory: fewer rows or columns, or an index in that order, help.'}`,
      ja: `${what.ja}${fits ? `work_mem が約 ${mb} MB${had.ja}あればメモリに収まります。ソートやハッシュ、接続ごとに使われるため、この文かロールに限って設定してください。` : 'メモリには大きすぎます。行や列を減らすか、その順のインデックスを使ってください。'}`,
    },
    {
      evidence: [[labels.disk, kbText(diskKb)]],
      ...(fits && { sql: `SET LOCAL work_mem = '${mb}MB';` }),
    },
  );
}

/** Blocks of temporary files that this step wrote itself. */
function ownTempBlocks(node: PlanNode): number {
  const of = (one: PlanNode) => one.actual?.buffers?.temp_written ?? 0;
  return of(node) - node.children.reduce((sum, child) => sum + of(child), 0);
}
