-- A plan is kept once per shape as long as the shape stays: when it was last seen, its costs and findings being of then.
ALTER TABLE "plan" ADD COLUMN "checked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now();
UPDATE "plan" SET "checked_at" = "captured_at";

-- When a statement was last asked for its plan without a person asking, and why there was none.
create table planned (
  instance_id int not null references instance on delete cascade,
  statement_id text not null references statement on delete cascade,
  at timestamptz not null,
  status text not null,
  code text,
  reason text,
  fix text,
  primary key (instance_id, statement_id)
);
