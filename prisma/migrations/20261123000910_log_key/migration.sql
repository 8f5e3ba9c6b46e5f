-- A statement in a log is known by the server's own query id where there is one: names of columns make another text and
-- the same query. "statement_id" then becomes the one that pg_stat_statements counts ("counted").
truncate log_reading, slow_execution, log_position;
delete from log_key;
alter table log_key add column name text not null;
alter table log_key add column counted boolean not null default false;
alter table log_key drop constraint log_key_instance_id_statement_id_database_name_user_name_key;
alter table log_key add unique (instance_id, name, database_name, user_name);
alter table slow_execution drop column statement_id, drop column database_name, drop column user_name;
alter table slow_execution add column key_id int not null;
create index slow_execution_key on slow_execution (key_id, at);
