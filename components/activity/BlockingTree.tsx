'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { SqlText } from '@/components/statement/SqlText';
import { type Status, StatusMark } from '@/components/ui/StatusMark';
import type { ActivityBody, BlockingBody, SessionBody } from '@/lib/contract';
import { SignalButtons } from './SignalButtons';
import { useSessionWords } from './use-session-words';

type Place = { body: ActivityBody; status: Status; statementHref: (id: string) => string };

/** Who holds up whom: a card for each session at the head of a queue, those who wait below it. */
export function BlockingTree({ body, status, statementHref }: Place) {
  const t = useTranslations('activity.blocking');
  return (
    <section className="flex flex-col gap-3">
      <h2 className="font-semibold text-[15px]">{t('title')}</h2>
      {body.blocking.map(({ blocker, waiting, blocked }) => (
        <article
          key={blocker}
          className={`flex flex-col gap-2 rounded-md border bg-raised p-4 ${status === 'critical' ? 'border-critical/60' : 'border-warning/60'}`}
        >
          <Head pid={blocker} waiting={waiting} {...{ body, status, statementHref }} />
          <Waiters nodes={blocked} {...{ body, status, statementHref }} />
        </article>
      ))}
    </section>
  );
}

function Head({
  pid,
  waiting,
  body,
  status,
  statementHref,
}: Place & { pid: number; waiting: number }) {
  const t = useTranslations('activity.blocking');
  const words = useSessionWords();
  const session = body.sessions.find((one) => one.pid === pid);
  return (
    <header className="flex flex-wrap items-start justify-between gap-3">
      <div className="flex min-w-0 flex-col gap-1">
        <p className="flex items-baseline gap-2 font-medium">
          <StatusMark status={status} silent />
          <bdi>
            {session
              ? words.who(session)
              : pid === 0
                ? t('prepared')
                : t('unseen', { pid: String(pid) })}
          </bdi>
        </p>
        <p className="text-muted">
          {session
            ? t('holds', {
                count: waiting,
                state: words.state(session),
                age: words.age(session.transaction_ms),
              })
            : t('holdsUnseen', { count: waiting })}
        </p>
        {session?.statement && <Statement session={session} href={statementHref} />}
      </div>
      {session && <SignalButtons instance={body.instance} session={session} />}
    </header>
  );
}

function Waiters({
  nodes,
  body,
  status,
  statementHref,
}: Place & { nodes: readonly BlockingBody[] }) {
  const t = useTranslations('activity.blocking');
  const words = useSessionWords();
  return (
    <ul className="flex flex-col gap-1.5 border-line border-l pl-4">
      {nodes.map((node) => {
        const session = body.sessions.find((one) => one.pid === node.pid);
        if (!session) return null;
        return (
          <li key={node.pid} className="flex flex-col gap-1">
            <p className="flex flex-wrap gap-x-2">
              <bdi>{words.who(session)}</bdi>
              <span className="text-muted">
                {t('waits', {
                  age: words.age(session.statement_ms),
                  event: session.wait?.event ?? '—',
                })}
              </span>
            </p>
            {session.statement && <Statement session={session} href={statementHref} />}
            {node.blocked.length > 0 && (
              <Waiters nodes={node.blocked} {...{ body, status, statementHref }} />
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** The statement of a session, linked when it has a page. */
export function Statement(props: { session: SessionBody; href: (id: string) => string }) {
  const { statement } = props.session;
  if (!statement) return null;
  const text = (
    <span className="line-clamp-2 break-all text-[12px]">
      <SqlText sql={statement.text} most={400} />
    </span>
  );
  return statement.id ? (
    <Link href={props.href(statement.id)} className="min-w-0 hover:underline">
      {text}
    </Link>
  ) : (
    text
  );
}
