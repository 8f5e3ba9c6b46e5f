/** What state a member of a group is in. Pure. */
import type { Group } from './facts';
import { type Member, presentFacts } from './find-upstream';
import type { Judgement } from './judge-link';
import type { ReplicationVerdict } from './replication-verdict';

const working = new Set(['ONLINE', 'Synced', 'Donor/Desynced']);
const joining = new Set(['RECOVERING', 'Joined', 'Joining', 'Joining: receiving State Transfer']);

/** Its lag is not told by the group; a member that certifies every write is not behind in what it agreed to. */
export function judgeGroup(group: Group | null): Judgement {
  const says = (state: Judgement['state'], cause: Judgement['cause']): Judgement => ({
    ...{ state, cause, error: null },
  });
  if (group === null) return says('disconnected', 'no_source');
  if (group.quorum === false) return says('disconnected', 'group_no_quorum');
  if (group.state !== null && working.has(group.state)) return says('streaming', null);
  if (group.state !== null && joining.has(group.state))
    return says('catching_up', 'group_recovering');
  return says('stopped', 'group_left');
}

/** One per kind: a cluster has one group of each. The member that sees most of it is believed. */
export function groupsOf(members: readonly Member[], now: number): ReplicationVerdict['groups'] {
  const kinds = new Map<Group['kind'], { group: Group; instances: string[] }>();
  for (const member of members) {
    const group = presentFacts(member, now)?.group;
    if (!group) continue;
    const known = kinds.get(group.kind);
    const better = !known || (group.answering ?? 0) > (known.group.answering ?? 0);
    const instances = [...(known?.instances ?? []), member.instance];
    kinds.set(group.kind, { group: better ? group : known.group, instances });
  }
  return [...kinds.values()].map(({ group, instances }) => ({
    ...{ kind: group.kind, quorum: group.quorum, members: group.members },
    ...{ answering: group.answering, instances },
  }));
}
