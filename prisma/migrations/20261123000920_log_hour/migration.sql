-- Sums of log_reading per finished hour, for long windows: a row per stretch without a gap and with one threshold.
create table log_hour (
  like log_reading,
  primary key (instance_id, to_at)
) partition by range (to_at);
