import { removeDemo } from '@/lib/action/save-instance';
import { route } from '@/lib/auth/route';

export const DELETE = route('DELETE /demo', ({ caller, ip }) => removeDemo({ caller, ip }));
