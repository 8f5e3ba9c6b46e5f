'use client';

import { useTranslations } from 'next-intl';
import { useEffect, useId, useRef, useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Input, Select } from '@/components/ui/Input';
import { type RankingFilter, rankingFilters } from '@/lib/client/statements';
import type { InstanceBody, StatementBody } from '@/lib/contract';
import { visibleText } from './sql-tokens';

type Values = Record<RankingFilter, string | null> & { limit: number; sort: string };

type RankingFiltersProps = {
  instances: readonly InstanceBody[];
  statements: readonly StatementBody[];
  /** Seen executing something in the window. */
  applications: readonly string[];
  values: Values;
  filtered: boolean;
  onChange: (changes: Record<string, string | number | null>) => void;
};

const LIMITS = [20, 50, 100, 200, 500];
/** The columns' names sort as well, where there is room for them. */
const SORTS = [
  ['total_ms', 'share'],
  ['calls', 'calls'],
  ['mean_ms', 'mean'],
  ['rows', 'rows'],
  ['blocks_read', 'blocks'],
  ['rows_examined', 'examined'],
  ['errors', 'errors'],
] as const;

/** What narrows the ranking; all of it is in the address. `/` goes to the search. */
export function RankingFilters(props: RankingFiltersProps) {
  const { values, onChange } = props;
  const t = useTranslations('statements');
  const [typed, setTyped] = useState(values.search ?? '');
  const given = useRef(values.search ?? '');
  // On a phone the list comes first.
  const [open, setOpen] = useState(false);
  const more = useId();
  const narrowing = rankingFilters.filter((name) => name !== 'search' && values[name]).length;
  const databases = useSeen(props.statements.map((each) => each.database));
  const tables = useSeen(props.statements.flatMap((each) => each.tables));
  const kinds = useSeen(props.statements.map((each) => each.kind));
  const tags = useSeen(
    props.statements.flatMap((each) =>
      Object.entries(each.tags).map(([name, value]) => `${name}:${value}`),
    ),
  );
  const applications = useSeen(props.applications);
  const users = useSeen(props.statements.map((each) => each.user));

  // The address may change by itself (back, a cleared filter): follow it, but never under the typing hand.
  useEffect(() => {
    if ((values.search ?? '') === given.current) return;
    given.current = values.search ?? '';
    setTyped(given.current);
  }, [values.search]);

  useEffect(() => {
    if (typed.trim() === given.current) return;
    const timer = setTimeout(() => {
      given.current = typed.trim();
      onChange({ search: typed.trim() || null });
    }, 250);
    return () => clearTimeout(timer);
  }, [typed, onChange]);

  return (
    <div className="grid grid-cols-2 gap-2 sm:flex sm:flex-wrap sm:items-center">
      <Input
        type="search"
        aria-label={t('search')}
        placeholder={`${t('search')}  /`}
        value={typed}
        maxLength={200}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
        className="col-span-2 sm:max-w-72"
      />
      <Button
        className="col-span-2 sm:hidden"
        aria-expanded={open}
        aria-controls={more}
        onClick={() => setOpen(!open)}
      >
        {t('filter.more')}
        {narrowing > 0 && ` (${narrowing})`}
      </Button>
      <div
        id={more}
        className={`${open ? 'grid' : 'hidden'} col-span-2 grid-cols-2 gap-2 sm:contents`}
      >
        <Choice
          label={t('filter.instance')}
          all={t('filter.all')}
          value={values.instance}
          options={props.instances.map(({ id, name }) => [id, name])}
          onChange={(instance) => onChange({ instance })}
        />
        <Choice
          label={t('filter.database')}
          all={t('filter.all')}
          value={values.database}
          options={withCurrent(databases, values.database)}
          onChange={(database) => onChange({ database })}
        />
        <Choice
          label={t('filter.user')}
          all={t('filter.all')}
          value={values.user}
          options={withCurrent(users, values.user)}
          onChange={(user) => onChange({ user })}
        />
        <Choice
          label={t('filter.table')}
          all={t('filter.all')}
          value={values.table}
          options={withCurrent(tables, values.table)}
          onChange={(table) => onChange({ table })}
        />
        <Choice
          label={t('filter.kind')}
          all={t('filter.all')}
          value={values.kind}
          options={withCurrent(kinds, values.kind)}
          onChange={(kind) => onChange({ kind })}
        />
        <Choice
          label={t('filter.tag')}
          all={t('filter.all')}
          value={values.tag}
          options={withCurrent(tags, values.tag)}
          onChange={(tag) => onChange({ tag })}
        />
        <Choice
          label={t('filter.application')}
          all={t('filter.all')}
          value={values.application}
          options={withCurrent(applications, values.application)}
          onChange={(application) => onChange({ application })}
        />
        <Choice
          label={t('filter.limit')}
          value={String(values.limit)}
          options={LIMITS.map((limit) => [String(limit), String(limit)])}
          onChange={(limit) => onChange({ limit: limit === '50' ? null : limit })}
        />
      </div>
      <div className="col-span-2">
        <Choice
          label={t('filter.sort')}
          value={values.sort}
          options={SORTS.map(([by, column]) => [by, t(`column.${column}`)])}
          onChange={(sort) => onChange({ sort: sort === 'total_ms' ? null : sort })}
        />
      </div>
      {props.filtered && (
        <Button
          size="small"
          variant="quiet"
          onClick={() => onChange(Object.fromEntries(rankingFilters.map((name) => [name, null])))}
        >
          {t('filter.clear')}
        </Button>
      )}
    </div>
  );
}

function Choice(props: {
  label: string;
  all?: string;
  value: string | null;
  options: readonly (readonly [string, string])[];
  onChange: (value: string | null) => void;
}) {
  const id = useId();
  return (
    <div className="flex min-w-0 items-center gap-1.5 text-[12px] text-muted">
      <label htmlFor={id} className="shrink-0">
        {props.label}
      </label>
      <Select
        id={id}
        value={props.value ?? ''}
        onChange={(event) => props.onChange(event.target.value || null)}
        // As wide before its choices are known as after.
        className={props.all ? 'sm:w-36' : 'sm:max-w-44'}
      >
        {props.all && <option value="">{props.all}</option>}
        {props.options.map(([value, name]) => (
          <option key={value} value={value}>
            {visibleText(name)}
          </option>
        ))}
      </Select>
    </div>
  );
}

/** Names met so far: choosing one must not make the others vanish from the list. */
function useSeen(names: readonly (string | null)[]): string[] {
  const [seen, setSeen] = useState<readonly string[]>([]);
  const fresh = [...new Set(names)].filter((name) => name !== null && !seen.includes(name));
  if (fresh.length > 0) setSeen([...seen, ...(fresh as string[])].sort());
  return [...seen];
}

function withCurrent(names: readonly string[], current: string | null): [string, string][] {
  const all = current !== null && !names.includes(current) ? [...names, current] : names;
  return all.map((name) => [name, name]);
}
