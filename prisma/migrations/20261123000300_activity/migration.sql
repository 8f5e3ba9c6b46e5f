-- The sessions of an instance as they were last seen, and until when somebody is looking at them.
CREATE TABLE "activity" (
    "instance_id" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3),
    "sessions" JSONB,
    "error" JSONB,
    "wanted_until" TIMESTAMPTZ(3),

    CONSTRAINT "activity_pkey" PRIMARY KEY ("instance_id")
);
ALTER TABLE "activity" ADD CONSTRAINT "activity_instance_id_fkey" FOREIGN KEY ("instance_id") REFERENCES "instance"("id") ON DELETE CASCADE ON UPDATE CASCADE;
