import type { Session } from '@/collectors/postgres/session/session';
import type { Refusal } from '@/collectors/run/explain/refusal';
import type { GatedText } from './text-gate';

/** Extensions whose functions only compute. */
const trustedExtensions = [
  'btree_gin',
  'btree_gist',
  'citext',
  'cube',
  'earthdistance',
  'fuzzystrmatch',
  'hstore',
  'intarray',
  'isn',
  'ltree',
  'pg_trgm',
  'pgcrypto',
  'seg',
  'unaccent',
  'uuid-ossp',
  'vector',
  'postgis',
];

/** A function is trusted when a superuser owns it and it is PostgreSQL's own or of a trusted extension. */
const trusted = (alias: string) => `(
  (select r.rolsuper from pg_catalog.pg_roles r where r.oid = ${alias}.proowner) and
  (${alias}.pronamespace = 'pg_catalog'::pg_catalog.regnamespace and ${alias}.oid < 16384 or exists (
    select from pg_catalog.pg_depend d join pg_catalog.pg_extension e on e.oid = d.refobjid
    where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = ${alias}.oid and d.deptype = 'e'
      and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass and e.extname = any($1::text[]))))`;

/**
 * Refuses a statement in which the planner could run a function that somebody else wrote: named in the text, behind an
 * operator, a type or a cast, or inside a view, a policy, a default, an index or a constraint of its tables.
 * Names are looked up without regard to the search path: one candidate that is not trusted is enough.
 */
export async function gateCatalog(session: Session, gated: GatedText): Promise<Refusal | null> {
  const last = (names: string[][]) => [...new Set(names.map((parts) => parts.at(-1) ?? ''))];
  const { rows } = await session.query(
    `with recursive rel (oid) as (
       select pg_catalog.to_regclass(t)::oid from pg_catalog.unnest($2::text[]) t where pg_catalog.to_regclass(t) is not null
       union
       select x.oid from rel, lateral (
         select d.refobjid as oid from pg_catalog.pg_rewrite w
         join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and d.objid = w.oid
           and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
         where w.ev_class = rel.oid
         union all select i.inhrelid from pg_catalog.pg_inherits i where i.inhparent = rel.oid) x),
     part (classid, objid) as (
       select 'pg_catalog.pg_rewrite'::pg_catalog.regclass::oid, w.oid from pg_catalog.pg_rewrite w join rel on rel.oid = w.ev_class
       union all select 'pg_catalog.pg_policy'::pg_catalog.regclass, p.oid from pg_catalog.pg_policy p join rel on rel.oid = p.polrelid
       union all select 'pg_catalog.pg_attrdef'::pg_catalog.regclass, a.oid from pg_catalog.pg_attrdef a join rel on rel.oid = a.adrelid
       union all select 'pg_catalog.pg_constraint'::pg_catalog.regclass, c.oid from pg_catalog.pg_constraint c join rel on rel.oid = c.conrelid
       union all select 'pg_catalog.pg_class'::pg_catalog.regclass, i.indexrelid from pg_catalog.pg_index i join rel on rel.oid = i.indrelid
       union all select 'pg_catalog.pg_class'::pg_catalog.regclass, rel.oid from rel),
     candidate (oid, via) as (
       select p.oid, 'called in the statement' from pg_catalog.pg_proc p where p.proname = any($3::text[])
       union all
       select o.oprcode, 'behind the operator ' || o.oprname from pg_catalog.pg_operator o where o.oprname = any($4::text[])
       union all
       select d.refobjid, 'used by a view, policy, default, index or constraint of its tables'
       from part join pg_catalog.pg_depend d using (classid, objid)
       where d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass
       union all
       select o.oprcode, 'used by a view, policy, default, index or constraint of its tables'
       from part join pg_catalog.pg_depend d using (classid, objid) join pg_catalog.pg_operator o on o.oid = d.refobjid
       where d.refclassid = 'pg_catalog.pg_operator'::pg_catalog.regclass
       union all
       select c.castfunc, 'behind a cast of this database' from pg_catalog.pg_cast c where c.castfunc <> 0 and c.oid >= 16384
       union all
       select f.oid, 'behind the type ' || t.typname from pg_catalog.pg_type t
       cross join lateral (values (t.typinput::oid), (t.typreceive::oid), (t.typmodin::oid)) f (oid)
       where t.typname = any($5::text[]) and f.oid <> 0
       union all
       select d.refobjid, 'behind the domain ' || t.typname from pg_catalog.pg_type t
       join pg_catalog.pg_constraint c on c.contypid = t.oid
       join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass and d.objid = c.oid
         and d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass
       where t.typname = any($5::text[]))
     select n.nspname || '.' || p.proname, c.via from candidate c join pg_catalog.pg_proc p on p.oid = c.oid
     join pg_catalog.pg_namespace n on n.oid = p.pronamespace
     where not coalesce(${trusted('p')}, false) order by 1 limit 1`,
    {
      doing: 'look up the functions of the statement',
      timeoutMs: 2000,
      params: [
        trustedExtensions,
        gated.tables.map(quotedName),
        last(gated.functions),
        last(gated.operators),
        last(gated.types),
      ],
    },
  );
  const [name, via] = rows[0] ?? [];
  if (!name) return null;
  return {
    status: 'refused',
    code: 'function',
    reason: `Planning would run the function ${name}, ${via}. EXPLAIN runs functions in the planner, so only PostgreSQL's own and those of known extensions are let through.`,
    fix: 'Read what the function does first; then run EXPLAIN by hand, in a role that owns nothing, on a copy if there is one.',
  };
}

const quotedName = (table: string) =>
  table
    .split('.')
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.');
