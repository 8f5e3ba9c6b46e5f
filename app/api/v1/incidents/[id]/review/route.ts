import { exportReview } from '@/lib/action/export-review';
import { idOf, route } from '@/lib/auth/route';

export const GET = route('GET /incidents/{id}/review', async ({ params, query }) => {
  const id = idOf(params.id, 'incident');
  return new Response(await exportReview(id, query.language), {
    headers: {
      'content-type': 'text/markdown; charset=utf-8',
      'content-disposition': `attachment; filename="incident-${id}.md"`,
      ...{ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
    },
  });
});
