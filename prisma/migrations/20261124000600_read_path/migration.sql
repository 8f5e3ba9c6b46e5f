-- Which screens or reads of a service need which consistency.
CREATE TABLE "read_path" (
    "id" SERIAL NOT NULL,
    "cluster_id" INTEGER NOT NULL,
    "service" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "consistency" TEXT NOT NULL,
    "max_lag_ms" INTEGER,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_by" TEXT NOT NULL,

    CONSTRAINT "read_path_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "read_path_consistency_check" CHECK ("consistency" IN ('strong', 'session', 'eventual')),
    CONSTRAINT "read_path_max_lag_ms_check" CHECK (("consistency" = 'strong') = ("max_lag_ms" IS NULL))
);
CREATE UNIQUE INDEX "read_path_cluster_id_service_name_key" ON "read_path"("cluster_id", "service", "name");
ALTER TABLE "read_path" ADD CONSTRAINT "read_path_cluster_id_fkey" FOREIGN KEY ("cluster_id") REFERENCES "cluster"("id") ON DELETE CASCADE ON UPDATE CASCADE;
