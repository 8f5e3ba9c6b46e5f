import type { ReactNode } from 'react';
import { QueryProvider } from '@/components/layout/QueryProvider';

export default function ConsoleLayout({ children }: { children: ReactNode }) {
  return (
    <QueryProvider>
      <main>{children}</main>
    </QueryProvider>
  );
}
