import { CodeBlock } from '@/components/ui/CodeBlock';
import { SqlText } from './SqlText';

/** SQL that a person runs on their own server, ready to copy. */
export function SqlToRun({ sql, copyLabel }: { sql: string; copyLabel?: string }) {
  return (
    <CodeBlock code={sql} {...(copyLabel && { copyLabel })}>
      <SqlText sql={sql} />
    </CodeBlock>
  );
}
