-- Where the node_exporter of an instance's machine answers, given by a person
ALTER TABLE "instance" ADD COLUMN "node_exporter_url" TEXT;
