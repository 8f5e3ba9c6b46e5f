/** The sentence on top of the load page: how much, against how many cores, and mostly what. Pure. */
import type { Status } from '@/components/ui/StatusMark';
import type { LoadBody } from '@/lib/contract';

export type LoadSaid = {
  status: Status;
  code: 'unknown' | 'idle' | 'withoutCores' | 'calm' | 'above';
  /** The largest slice and its share. */
  leader: { key: string | null; share: number } | null;
};

/** A share of one slice below this is not worth to be named. */
const namedShare = 0.3;
/** Less than this is nothing: a hundredth of a session. */
const nothing = 0.01;

export function describeLoad(load: Pick<LoadBody, 'average' | 'cores' | 'slices'>): LoadSaid {
  const { average, cores, slices } = load;
  const first = slices[0];
  const leader =
    first !== undefined && first.share >= namedShare && first.key !== null
      ? { key: first.key, share: first.share }
      : null;
  if (average === null) return { status: 'unknown', code: 'unknown', leader: null };
  if (average < nothing) return { status: 'ok', code: 'idle', leader: null };
  if (cores === null) return { status: 'unknown', code: 'withoutCores', leader };
  return average > cores
    ? { status: 'warning', code: 'above', leader }
    : { status: 'ok', code: 'calm', leader };
}
