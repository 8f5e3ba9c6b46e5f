/**
 * Functions of MySQL and MariaDB that compute from their arguments and do nothing else. A stored function cannot take
 * their place: unqualified, the server's own comes first (MySQL manual, "Function Name Parsing and Resolution"). What
 * only one of the two has could be a stored function of the other. As MySQL 9.7 and MariaDB 10.11 answer.
 * Left out on purpose: sleep, benchmark, get_lock and its kin, load_file, and whatever waits for a replica.
 */
const ofBoth = `
  abs acos adddate addtime aes_decrypt aes_encrypt ascii asin atan atan2 avg bin bit_and bit_count bit_length bit_or
  bit_xor cast ceil ceiling char char_length character_length coalesce coercibility collation compress concat
  concat_ws connection_id conv convert convert_tz cos cot count crc32 cume_dist curdate current_date current_role
  current_time current_timestamp current_user curtime database date date_add date_format date_sub datediff day
  dayname dayofmonth dayofweek dayofyear degrees dense_rank elt exp export_set extract extractvalue field
  find_in_set first_value floor format from_base64 from_days from_unixtime greatest group_concat hex hour if ifnull
  inet6_aton inet6_ntoa inet_aton inet_ntoa insert instr interval is_ipv4 is_ipv6 isnull json_array
  json_array_append json_array_insert json_arrayagg json_contains json_contains_path json_depth json_extract
  json_insert json_keys json_length json_merge json_merge_patch json_merge_preserve json_object json_objectagg
  json_overlaps json_pretty json_quote json_remove json_replace json_search json_set json_type json_unquote
  json_valid json_value lag last_day last_insert_id last_value lcase lead least left length ln localtime
  localtimestamp locate log log10 log2 lower lpad ltrim make_set makedate maketime match max microsecond mid min
  minute mod month monthname now nth_value ntile nullif oct octet_length ord percent_rank period_add period_diff pi
  position pow power quarter quote radians rand rank regexp_instr regexp_replace regexp_substr repeat replace
  reverse right round row row_count row_number rpad rtrim schema sec_to_time second session_user sha2 sign sin
  soundex space sqrt st_area st_asgeojson st_astext st_buffer st_centroid st_contains st_distance st_distance_sphere
  st_geomfromgeojson st_geomfromtext st_intersects st_length st_pointfromtext st_srid st_within st_x st_y std stddev
  stddev_pop stddev_samp str_to_date strcmp subdate substr substring substring_index subtime sum sysdate system_user
  tan time time_format time_to_sec timediff timestamp timestampadd timestampdiff to_base64 to_days to_seconds trim
  truncate ucase uncompress uncompressed_length unhex unix_timestamp updatexml upper user utc_date utc_time
  utc_timestamp uuid uuid_short values var_pop var_samp variance version week weekday weekofyear weight_string year
  yearweek`;
const ofMysql = `
  any_value format_bytes geometrycollection grouping is_uuid json_storage_size json_table linestring member
  multipoint point polygon regexp_like st_makeenvelope uuid_to_bin bin_to_uuid`;
const ofMariadb = `
  chr decode encode json_exists json_query md5 median nvl nvl2 percentile_cont percentile_disc sha sha1 to_char`;

const setOf = (...lists: string[]) => new Set(lists.flatMap((list) => list.trim().split(/\s+/)));

export const builtInFunctions: Readonly<Record<'mysql' | 'mariadb', ReadonlySet<string>>> = {
  mysql: setOf(ofBoth, ofMysql),
  mariadb: setOf(ofBoth, ofMariadb),
};

/**
 * Those that are words of the grammar: in backticks, or with a space before the bracket, they are the name of a stored
 * function (without the mode IGNORE_SPACE).
 */
export const bareFunctions: ReadonlySet<string> = setOf(`
  adddate ascii avg bit_and bit_or bit_xor cast char coalesce collation convert count cume_dist curdate current_date
  current_role current_time current_timestamp current_user curtime database date date_add date_sub day dense_rank
  extract first_value format geometrycollection group_concat grouping hour if insert interval json_arrayagg
  json_objectagg json_table json_value lag last_value lead left linestring localtime localtimestamp match max median
  member microsecond mid min minute mod month multipoint now nth_value ntile percent_rank percentile_cont
  percentile_disc point polygon position quarter rank repeat replace right row row_count row_number schema second
  session_user std stddev stddev_pop stddev_samp subdate substr substring sum sysdate system_user time timestamp
  timestampadd timestampdiff trim truncate user utc_date utc_time utc_timestamp values var_pop var_samp variance
  week weight_string year`);

/** Words before a bracket that are no calls, to neither server. */
export const notCalls: ReadonlySet<string> = new Set(
  `select from where and or not xor in exists any some all on using as by having between like is then else when case
   interval over partition order group join union except intersect distinct distinctrow values value set limit offset
   div mod binary collate  regexp rlike window rows range unbounded with recursive   sounds
   decimal dec numeric fixed char character varchar nchar binary varbinary float double real signed unsigned int integer
   bigint smallint tinyint date datetime time timestamp year bit json precision
   straight_join inner cross left right outer natural index key force use ignore for return primary separator
   default`
    .trim()
    .split(/\s+/),
);
