/** A short page that teaches what a piece of advice stands on. */
export type Lesson = {
  /** Its address: /learn/<slug>. */
  slug: string;
  title: Text;
  /** What it is, in a sentence or two. */
  what: Text;
  /** Why it matters. */
  why: Text;
  /** What to do, step by step. */
  steps: readonly Text[];
  /** SQL as it should not be. */
  bad?: string;
  /** SQL as it should be. */
  good?: string;
};
type Text = { en: string; ja: string };
