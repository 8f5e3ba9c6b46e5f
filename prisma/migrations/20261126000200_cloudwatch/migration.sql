-- Region and identifier of an instance of RDS or Aurora whose machine CloudWatch tells of.
ALTER TABLE "instance" ADD COLUMN "cloudwatch" TEXT;
