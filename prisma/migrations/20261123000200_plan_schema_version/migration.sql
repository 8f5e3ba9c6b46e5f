-- What the plan was made from: tables, indexes, statistics and planner settings. Null for plans taken before this was kept.
ALTER TABLE "plan" ADD COLUMN "schema_version" TEXT;
