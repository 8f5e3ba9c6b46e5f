'use client';

import { useTranslations } from 'next-intl';
import { visibleText } from '@/components/statement/sql-tokens';
import { type Status, StatusMark } from '@/components/ui/StatusMark';
import { Table, Td, Th, Tr } from '@/components/ui/Table';
import type { ActivityBody } from '@/lib/contract';
import { Statement } from './BlockingTree';
import { sessionStatus } from './describe-activity';
import { SignalButtons } from './SignalButtons';
import { useSessionWords } from './use-session-words';

const COLUMNS = [
  'session',
  'state',
  'wait',
  'transaction',
  'inState',
  'statement',
  'action',
] as const;

/** Sessions as the server lists them: those that wait first, then what is open longest. Idle ones on demand. */
export function SessionsTable(props: {
  body: ActivityBody;
  idle: boolean;
  status: Status;
  statementHref: (id: string) => string;
}) {
  const { body, idle, status, statementHref } = props;
  const t = useTranslations('activity');
  const words = useSessionWords();
  const blockers = new Set(body.sessions.flatMap((one) => one.blocked_by));
  const shown = body.sessions.filter((one) => idle || one.state !== 'idle');
  // What is not known is said above.
  if (shown.length === 0 && body.unavailable) return null;
  if (shown.length === 0) return <p className="py-4 text-muted">{t('none')}</p>;
  return (
    <Table caption={t('sessions')} stack className="rounded-md border border-line bg-raised">
      <thead>
        <tr>
          {COLUMNS.map((name) => (
            <Th key={name} className={name === 'statement' ? 'w-full' : ''}>
              {t(`column.${name}`)}
            </Th>
          ))}
        </tr>
      </thead>
      <tbody>
        {shown.map((session) => (
          <Tr key={`${session.pid} ${session.started}`}>
            <Td className="whitespace-nowrap">
              <span className="flex items-center gap-2">
                <StatusMark status={sessionStatus(session, blockers.has(session.pid), status)} />
                <bdi>{words.who(session)}</bdi>
              </span>
            </Td>
            <Td label={t('column.state')} className="whitespace-nowrap">
              {session.kind === 'client' ? words.state(session) : visibleText(session.kind)}
            </Td>
            <Td label={t('column.wait')} className="whitespace-nowrap text-muted">
              {session.blocked_by.length > 0
                ? t('waitsFor', { pids: session.blocked_by.join(', ') })
                : session.wait && visibleText(`${session.wait.class}: ${session.wait.event}`)}
            </Td>
            <Td label={t('column.transaction')} className="whitespace-nowrap tabular-nums">
              {words.age(session.transaction_ms)}
            </Td>
            <Td label={t('column.inState')} className="whitespace-nowrap tabular-nums">
              {words.age(session.state_ms)}
            </Td>
            <Td className="min-w-64 max-sm:min-w-0">
              <Statement session={session} href={statementHref} />
            </Td>
            <Td>
              <SignalButtons instance={body.instance} session={session} />
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
