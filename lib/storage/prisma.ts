import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '@/prisma/generated/client';
import { requireUrl } from './pool';

// Kept across hot reloads, which evaluate this module again.
const kept = globalThis as { yaguraPrisma?: PrismaClient };

/** The client for configuration rows; samples go through pool(). */
export function prisma(): PrismaClient {
  kept.yaguraPrisma ??= new PrismaClient({
    adapter: new PrismaPg({ connectionString: requireUrl(), max: 4 }),
  });
  return kept.yaguraPrisma;
}
