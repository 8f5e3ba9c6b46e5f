/** What our own data says of why: asked when a message is sent, of the alert's cluster. Pure. */
import type { LayerName } from '@/lib/verdict/layer-verdict';

export type Insight = {
  /** Which layer moved first; null `first` is that it cannot be told, or that none moved. */
  layer: { state: 'calm' | 'moved' | 'recovered' | 'unknown'; first: LayerName | null } | null;
  /** What most sessions of the instance wait for now. */
  wait: { name: string; sessions: number } | null;
  /** Who waits for nobody and holds up the most. */
  blocker: { pid: number; waiting: number } | null;
  /** The statement whose time grew most; its text has no literals. */
  statement: { id: string; text: string; state: 'slower' | 'new'; ratio: number | null } | null;
};
