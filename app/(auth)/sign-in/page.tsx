import { SignInForm } from '@/components/auth/SignInForm';

export const dynamic = 'force-dynamic';

export default function SignInPage() {
  return <SignInForm />;
}
