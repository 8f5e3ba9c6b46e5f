import { removeScrape } from '@/lib/action/manage-scrapes';
import { idOf, route } from '@/lib/auth/route';

export const DELETE = route('DELETE /scrapes/{id}', ({ params, caller, ip }) =>
  removeScrape(idOf(params.id, 'scrape'), { caller, ip }),
);
