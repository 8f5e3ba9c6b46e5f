import type { FindingBody } from '@/lib/contract';
import { countText, finding, labels, msText, type PlanView } from './finding';

/** Less than this is not worth words. */
const leastMs = 5;

/** What is beside the tree: compilation, workers that were not there, triggers. */
export function wholeFindings(plan: PlanView): FindingBody[] {
  return [...jit(plan), ...workers(plan), ...triggers(plan)];
}

function jit({ execution }: PlanView): FindingBody[] {
  const ms = execution?.jit?.total_ms ?? 0;
  const whole = execution?.execution_ms ?? 0;
  if (ms < leastMs || ms <= whole - ms) return [];
  return [
    finding(
      '0',
      'jit_dominates',
      'warning',
      {
        en: `Compiling (JIT) took ${msText(ms)} of ${msText(whole)}, more than the execution itself. Raise jit_above_cost, or switch jit off for this role.`,
        ja: `コンパイル(JIT)に ${msText(whole)} のうち ${msText(ms)} かかり、実行そのものより長くなっています。jit_above_cost を上げるか、このロールで jit を無効にしてください。`,
      },
      { evidence: [[{ en: 'JIT', ja: 'JIT' }, msText(ms)]], sql: 'SET jit = off;' },
    ),
  ];
}

function workers({ places }: PlanView): FindingBody[] {
  return places.flatMap(({ node, path }) => {
    const { planned = 0, launched = null } = node.workers ?? {};
    if (launched === null || launched >= planned || node.actual?.never_executed) return [];
    return [
      finding(
        path,
        'workers_missing',
        'info',
        {
          en: `${countText(planned)} parallel workers were planned and ${countText(launched)} launched: max_parallel_workers (or max_worker_processes) was used up, so the plan ran slower than it was costed.`,
          ja: `並列ワーカー ${countText(planned)} 個の計画に対し、起動は ${countText(launched)} 個でした。max_parallel_workers(または max_worker_processes)の上限に達しており、見積もりより遅く実行されています。`,
        },
        {
          evidence: [[{ en: 'Workers', ja: 'ワーカー' }, `${launched} / ${planned}`]],
        },
      ),
    ];
  });
}

function triggers({ execution, root }: PlanView): FindingBody[] {
  const whole = execution?.execution_ms ?? root.time_ms ?? 0;
  return (execution?.triggers ?? []).flatMap((one) => {
    const ms = one.ms ?? 0;
    if (ms < leastMs || ms * 2 < whole) return [];
    return [
      finding(
        '0',
        'trigger_dominates',
        'warning',
        {
          en: `Trigger or foreign key ${one.name} took ${msText(ms)} of ${msText(Math.max(whole, ms))} in ${countText(one.calls ?? 0)} calls. For a foreign key, an index on the referencing columns is missing as a rule.`,
          ja: `トリガーまたは外部キー ${one.name} が ${countText(one.calls ?? 0)} 回の呼び出しで ${msText(Math.max(whole, ms))} のうち ${msText(ms)} を占めています。外部キーの場合、参照元の列にインデックスがないことが多いです。`,
        },
        {
          evidence: [
            [labels.time, msText(ms)],
            [labels.loops, countText(one.calls ?? 0)],
          ],
        },
      ),
    ];
  });
}
