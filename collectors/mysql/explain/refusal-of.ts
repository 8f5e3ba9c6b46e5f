import { type Refusal, refused } from '@/collectors/run/explain/refusal';
import type { Failure } from '@/collectors/run/failure';
import { quoted } from './look-at-columns';

/** Why the server gave no plan, and what helps; never its words about the text, which may hold literals. */
export function refusalOf(failure: Failure, user: string, schema: string): Refusal {
  const unavailable = (reason: string, fix: string | null): Refusal => ({
    status: 'unavailable',
    code: failure.code,
    reason,
    fix,
  });
  switch (failure.code) {
    case 'permission_denied':
      return unavailable(
        `The login ${user} may not read the tables of this statement.`,
        schema === '' ? null : `GRANT SELECT ON ${quoted(schema)}.* TO ${accountName(user)};`,
      );
    case 'lock_timeout':
      return unavailable(
        'A table of this statement is locked at this moment; it was waited for a second. Try again later.',
        null,
      );
    case 'timeout':
      return unavailable('Planning took longer than 2 s and was ended.', null);
    case 'object_missing':
      return unavailable(
        `A table or column of this statement is not there any more, or not in the schema ${schema || 'that it ran in'}.`,
        null,
      );
    default:
      if (failure.fatal)
        return {
          status: 'unavailable',
          code: failure.code,
          reason: failure.message,
          fix: failure.fix,
        };
      // The server's own words would repeat the text, and so its literals.
      return refused(
        'unparsed',
        'The server does not take the text: a digest does not say how many values its lists had, nor what their types were.',
      );
  }
}

const accountName = (user: string) => `'${user.replaceAll(`'`, `''`)}'@'%'`;
