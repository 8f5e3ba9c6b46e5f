import { json, publicRoute } from '@/lib/auth/route';
import { describeApi } from '@/lib/contract/openapi';

export const GET = publicRoute({ handle: async () => json(describeApi(), 200) });
