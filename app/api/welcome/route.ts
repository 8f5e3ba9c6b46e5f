import { acceptSignInLink } from '@/lib/action/manage-access';
import { refuseOtherSites } from '@/lib/auth/require-user';
import { publicRoute } from '@/lib/auth/route';
import { firstAccount } from '@/lib/contract';

/** The form behind a one-time link. */
export const POST = publicRoute({
  body: firstAccount,
  async handle({ body, ip, request }) {
    refuseOtherSites(request);
    return acceptSignInLink(body, ip);
  },
});
