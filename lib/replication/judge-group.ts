/** What state a member of a group is in. Pure. */
import type { Group } from './facts';
import type { Judgement } from './judge-link';

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
