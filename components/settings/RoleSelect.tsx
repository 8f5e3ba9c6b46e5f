'use client';

import { useTranslations } from 'next-intl';
import type { ComponentProps } from 'react';
import { Select } from '@/components/ui/Input';
import type { Role, TokenRole } from '@/lib/contract';

/** What a person may be, least first. */
export const ROLES: readonly Role[] = ['viewer', 'operator', 'editor', 'admin'];
/** What a token may be: an application's needs no eyes. */
export const TOKEN_ROLES: readonly TokenRole[] = ['ingest', ...ROLES];

export function RoleSelect<R extends TokenRole>({
  roles,
  onRole,
  ...rest
}: Omit<ComponentProps<'select'>, 'value' | 'onChange'> & {
  value: R;
  roles: readonly R[];
  onRole: (role: R) => void;
}) {
  const t = useTranslations('settings.role');
  return (
    <Select
      {...rest}
      onChange={(event) => {
        const chosen = roles.find((role) => role === event.target.value);
        if (chosen) onRole(chosen);
      }}
    >
      {roles.map((role) => (
        <option key={role} value={role}>
          {t(role as TokenRole)}
        </option>
      ))}
    </Select>
  );
}
