-- What was seen last of the replication of each cluster: a change of it is an event, also across a restart.
CREATE TABLE "replication_state" (
    "cluster_id" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "state" JSONB NOT NULL,

    CONSTRAINT "replication_state_pkey" PRIMARY KEY ("cluster_id")
);
ALTER TABLE "replication_state" ADD CONSTRAINT "replication_state_cluster_id_fkey" FOREIGN KEY ("cluster_id") REFERENCES "cluster"("id") ON DELETE CASCADE ON UPDATE CASCADE;
