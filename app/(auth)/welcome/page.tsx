import { WelcomeForm } from '@/components/auth/WelcomeForm';

export const dynamic = 'force-dynamic';

/** Behind a one-time link; its token is in the fragment, which never reaches a server's log. */
export default function WelcomePage() {
  return <WelcomeForm />;
}
