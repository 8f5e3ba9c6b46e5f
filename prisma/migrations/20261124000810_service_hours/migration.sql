-- After two days the minutes of an hour become one row, at the hour's start, which says how many of them there were.
alter table service_minute add column minutes smallint not null default 1;
alter table service_minute add column merged boolean not null default false;
