/** Signing in and the first account. */
import type { ReactNode } from 'react';
import { Turret } from '@/components/layout/Turret';

export function AuthCard({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="flex min-h-dvh items-center justify-center p-4">
      <div className="w-full max-w-sm rounded-md border border-line bg-raised p-6">
        <div className="mb-5 flex items-center gap-3">
          <Turret size={32} />
          <div>
            <p className="text-[12px] text-muted">櫓 Yagura</p>
            <h1 className="font-semibold text-[17px]">{title}</h1>
          </div>
        </div>
        {children}
      </div>
    </main>
  );
}
