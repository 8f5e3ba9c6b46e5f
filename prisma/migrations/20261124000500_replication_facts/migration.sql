-- What each instance said last of its replication, and why it was not read since.
CREATE TABLE "replication_facts" (
    "instance_id" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3),
    "facts" JSONB,
    "error" JSONB,

    CONSTRAINT "replication_facts_pkey" PRIMARY KEY ("instance_id")
);
ALTER TABLE "replication_facts" ADD CONSTRAINT "replication_facts_instance_id_fkey" FOREIGN KEY ("instance_id") REFERENCES "instance"("id") ON DELETE CASCADE ON UPDATE CASCADE;
