-- Whether the pattern of its LIKE was seen to begin with a wildcard, from parameters in a log, which are not kept themselves. Null is not known.
alter table statement add column leading_wildcard boolean;
