-- Tags of a statement's comments that name places in code, by the newest seen of each name.
alter table statement add column tags jsonb not null default '{}';
