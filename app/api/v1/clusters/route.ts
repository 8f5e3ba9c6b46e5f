import { route } from '@/lib/auth/route';
import { pool } from '@/lib/storage/pool';
import { readClusters } from '@/lib/storage/read-clusters';

export const GET = route('GET /clusters', () => readClusters(pool()));
