/**
 * What is read of the catalogs, one JSON document a row. Nothing here opens a user's table, so nothing waits behind a
 * schema change; the functions that do, to print an expression, are in `texts` alone.
 */

export const maxTables = 5_000;
export const maxColumns = 200;

const userSchema = `n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'`;
const ms = (time: string) => `round(extract(epoch from ${time}) * 1000)`;

export const facts = `select json_build_object(
    'version', current_setting('server_version_num')::int,
    'database', current_database(),
    'at', ${ms('clock_timestamp()')},
    'role', case when pg_is_in_recovery() then 'replica' else 'primary' end,
    'counted_since', (select ${ms('stats_reset')} from pg_stat_database where datname = current_database()),
    'hypopg', exists (select from pg_extension where extname = 'hypopg'))::text`;

/** `name=value` in the server's quotes, of each `o`. */
const value = `substr(o, strpos(o, '=') + 1)`;
const options = `string_agg(quote_ident(split_part(o, '=', 1)) || '='
            || case when quote_ident(${value}) = ${value} then ${value} else quote_literal(${value}) end, ', ')`;

/** Databases people can connect to. */
export const databases = `select datname from pg_database where datallowconn and not datistemplate order by datname limit 1000`;

/** The largest tables. Sizes are those of the last VACUUM or ANALYZE: measuring the files would take a lock. */
export const tables = `with facts as (
    select current_setting('block_size')::bigint as block, not pg_is_in_recovery() as counted
  ), sized as (
    select c.*, n.nspname, f.block, c.relkind in ('r', 'm') as stored, c.relkind in ('r', 'm') and f.counted as counted,
      greatest(c.relpages, 0) + greatest(coalesce(toast.relpages, 0), 0) as pages, i.pages as index_pages, i.scans as index_scans,
      count(*) over () as all_tables
    from facts f cross join pg_class c join pg_namespace n on n.oid = c.relnamespace
    left join pg_class toast on toast.oid = c.reltoastrelid
    left join (
      select indrelid, sum(x.relpages) as pages, sum(pg_stat_get_numscans(indexrelid)) as scans
      from pg_index join pg_class x on x.oid = indexrelid and x.relkind = 'i' group by indrelid) i on i.indrelid = c.oid
    where c.relkind in ('r', 'p', 'm', 'f') and c.relpersistence <> 't' and ${userSchema}
  ), bounded as (
    select * from sized order by pages + coalesce(index_pages, 0) desc, nspname, relname limit ${maxTables}
  )
  select json_build_object(
    'all', b.all_tables, 'schema', b.nspname, 'name', b.relname, 'oid', b.oid::text,
    'kind', case when b.relkind = 'p' then 'partitioned' when b.relispartition then 'partition'
      when b.relkind = 'm' then 'materialized view' when b.relkind = 'f' then 'foreign table' else 'table' end,
    'parent', case when b.relispartition then (
      select pn.nspname || '.' || p.relname from pg_inherits h join pg_class p on p.oid = h.inhparent
      join pg_namespace pn on pn.oid = p.relnamespace where h.inhrelid = b.oid limit 1) end,
    'partition_key', (
      select case k.partstrat when 'r' then 'RANGE' when 'l' then 'LIST' else 'HASH' end || ' (' || (
        select string_agg(coalesce(quote_ident(a.attname), '?'), ', ' order by part.nth)
        from unnest(k.partattrs::int2[]) with ordinality part(attnum, nth)
        left join pg_attribute a on a.attrelid = k.partrelid and a.attnum = part.attnum and part.attnum > 0) || ')'
      from pg_partitioned_table k where k.partrelid = b.oid),
    -- Without a relation the bound, which has no columns in it, is printed without opening the table.
    'partition_bound', case when b.relispartition then pg_get_expr(b.relpartbound, 0) end,
    'rows', case when b.stored and (b.reltuples > 0 or b.relpages > 0 or seen.analyzed is not null or seen.vacuumed is not null)
      then nullif(round(b.reltuples), -1) end,
    'table_bytes', case when b.stored and (b.relpages > 0 or seen.analyzed is not null or seen.vacuumed is not null) then b.pages * b.block end,
    'index_bytes', case when b.stored then coalesce(b.index_pages, 0) * b.block end,
    'seq_scans', case when b.stored then pg_stat_get_numscans(b.oid) end,
    'seq_rows', case when b.stored then pg_stat_get_tuples_returned(b.oid) end,
    'index_scans', case when b.stored then b.index_scans end,
    'inserted', case when b.counted then pg_stat_get_tuples_inserted(b.oid) end,
    'updated', case when b.counted then pg_stat_get_tuples_updated(b.oid) end,
    'deleted', case when b.counted then pg_stat_get_tuples_deleted(b.oid) end,
    'live_rows', case when b.counted then pg_stat_get_live_tuples(b.oid) end,
    'dead_rows', case when b.counted then pg_stat_get_dead_tuples(b.oid) end,
    'last_analyze', ${ms('seen.analyzed')})::text
  from bounded b cross join lateral (
    select greatest(pg_stat_get_last_analyze_time(b.oid), pg_stat_get_last_autoanalyze_time(b.oid)) as analyzed,
      greatest(pg_stat_get_last_vacuum_time(b.oid), pg_stat_get_last_autovacuum_time(b.oid)) as vacuumed) seen`;

/** $1: oids of the tables. */
export const columns = `with numbered as (
    select a.attrelid, a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.attnum,
      row_number() over (partition by a.attrelid order by a.attnum) as nth
    from pg_attribute a where a.attrelid = any($1::oid[]) and a.attnum > 0 and not a.attisdropped
  )
  select json_build_object('table', attrelid::text, 'columns', json_agg(
    json_build_object('name', attname, 'type', format_type(atttypid, atttypmod), 'not_null', attnotnull) order by attnum))::text
  from numbered where nth <= ${maxColumns} group by attrelid`;

/** $1: oids of the tables. Each catalog is joined once for all indexes: asking per index takes seconds with thousands. */
export const indexes = (version: number) => `with i as materialized (
    select i.*, c.relname, c.relkind, c.relpages, c.reloptions, am.amname, pg_indexam_has_property(am.oid, 'can_order') as ordered
    from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am am on am.oid = c.relam where i.indrelid = any($1::oid[])
  ), part as (
    select i.indexrelid, k, k < i.indnkeyatts as key, i.indkey[k] as attnum, i.ordered, i.indoption[k] as direction,
      i.indclass[k] as opclass, i.indcollation[k] as collation, a.attname, a.attcollation
    from i cross join lateral generate_series(0, i.indnatts - 1) k
    left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[k] and i.indkey[k] <> 0
  ), parts as (
    select p.indexrelid, json_agg(json_build_object(
        'column', p.attname, 'quoted', quote_ident(p.attname),
        'suffix', concat(
          case when coll.oid <> coalesce(p.attcollation, own.attcollation) or (p.attname is null and coll.oid <> typ.typcollation)
            then ' COLLATE ' || case when pg_collation_is_visible(coll.oid) then '' else quote_ident(cn.nspname) || '.' end || quote_ident(coll.collname) end,
          case when not opc.opcdefault or own.attoptions is not null
            then ' ' || case when pg_opclass_is_visible(opc.oid) then '' else quote_ident(on_.nspname) || '.' end || quote_ident(opc.opcname) end,
          (select ' (' || ${options} || ')' from unnest(own.attoptions) o),
          case when p.ordered then
            case p.direction when 1 then ' DESC NULLS LAST' when 2 then ' NULLS FIRST' when 3 then ' DESC' end end)) order by p.k)
        filter (where p.key) as keys,
      json_agg(json_build_object('column', p.attname, 'quoted', quote_ident(p.attname)) order by p.k) filter (where not p.key) as included
    from part p
    left join pg_attribute own on own.attrelid = p.indexrelid and own.attnum = p.k + 1
    left join pg_type typ on typ.oid = own.atttypid
    left join pg_opclass opc on opc.oid = p.opclass and p.key left join pg_namespace on_ on on_.oid = opc.opcnamespace
    left join pg_collation coll on coll.oid = p.collation and p.key left join pg_namespace cn on cn.oid = coll.collnamespace
    group by p.indexrelid
  ), con as (
    select conindid, min(conname) as name from pg_constraint where contype in ('p', 'u', 'x') group by conindid
  ), parent as (select inhrelid, min(inhparent) as oid from pg_inherits group by inhrelid)
  select json_build_object(
    'table', i.indrelid::text, 'oid', i.indexrelid::text, 'name', i.relname, 'quoted', quote_ident(i.relname), 'method', i.amname,
    'on', format('%s%I.%I', case when i.relkind = 'I' then 'ONLY ' else '' end, tn.nspname, t.relname),
    'keys', parts.keys, 'included', coalesce(parts.included, '[]'),
    'unique', i.indisunique, 'primary', i.indisprimary, 'constraint', con.name,
    'replica_identity', i.indisreplident or i.indisclustered, 'valid', i.indisvalid, 'ready', i.indisready,
    'nulls_not_distinct', ${version >= 150000 ? 'i.indnullsnotdistinct' : 'false'},
    'options', (select ${options} from unnest(i.reloptions) o),
    'parent', parent.oid::text, 'partial', i.indpred is not null, 'expressions', i.indexprs is not null,
    'bytes', case when i.relkind = 'i' then i.relpages * current_setting('block_size')::bigint end,
    'scans', case when i.relkind = 'i' then pg_stat_get_numscans(i.indexrelid) end,
    'last_scan', ${version >= 160000 ? ms('pg_stat_get_lastscan(i.indexrelid)') : 'null'})::text
  from i join parts on parts.indexrelid = i.indexrelid
  join pg_class t on t.oid = i.indrelid join pg_namespace tn on tn.oid = t.relnamespace
  left join con on con.conindid = i.indexrelid left join parent on parent.inhrelid = i.indexrelid
  order by i.relname`;

/**
 * Expressions and predicates, $1: oids of the tables. Printing them opens the table, so those locked exclusively, or
 * about to be, are left out.
 */
export const texts = `with locked as materialized (
    select relation from pg_locks where locktype = 'relation' and mode = 'AccessExclusiveLock' and relation is not null
  )
  select json_build_object('oid', i.indexrelid::text, 'definition', pg_get_indexdef(i.indexrelid),
    'predicate', pg_get_expr(i.indpred, i.indrelid), 'keys', (
      select json_agg(case when i.indkey[k] = 0 then pg_get_indexdef(i.indexrelid, k + 1, false) end order by k)
      from generate_series(0, i.indnkeyatts - 1) k))::text
  from pg_index i where i.indrelid = any($1::oid[]) and (i.indexprs is not null or i.indpred is not null)
    and i.indrelid not in (select relation from locked)
  union all
  select json_build_object('oid', k.partrelid::text, 'definition', pg_get_partkeydef(k.partrelid), 'predicate', null, 'keys', null)::text
  from pg_partitioned_table k where k.partrelid = any($1::oid[]) and k.partexprs is not null
    and k.partrelid not in (select relation from locked)`;

/** $1: oids of the tables. */
export const foreignKeys = `select json_build_object('table', k.conrelid::text, 'name', k.conname, 'validated', k.convalidated and not k.condeferrable, 'references', rn.nspname || '.' || r.relname,
    'columns', (select json_agg(a.attname order by c.nth) from unnest(k.conkey) with ordinality c(attnum, nth)
      join pg_attribute a on a.attrelid = k.conrelid and a.attnum = c.attnum),
    'referenced_columns', (select json_agg(a.attname order by c.nth) from unnest(k.confkey) with ordinality c(attnum, nth)
      join pg_attribute a on a.attrelid = k.confrelid and a.attnum = c.attnum))::text
  from pg_constraint k join pg_class r on r.oid = k.confrelid join pg_namespace rn on rn.oid = r.relnamespace
  where k.contype = 'f' and k.conrelid = any($1::oid[]) order by k.conname`;

/**
 * Statistics of columns, as the planner has them: those of a partitioned table are of all its partitions. Values of
 * rows (most common values, bounds) are not read. $1, $2: schema and name of the tables.
 */
export const statistics = `select json_build_array(s.schemaname, s.tablename, json_agg(
    json_build_array(s.attname, s.n_distinct, s.null_frac, s.avg_width, s.correlation)))::text
  from unnest($1::text[], $2::text[], $3::bool[]) t(schema, name, whole)
  join pg_stats s on s.schemaname = t.schema and s.tablename = t.name and s.inherited = t.whole
  group by s.schemaname, s.tablename`;
