'use client';

import { useTranslations } from 'next-intl';
import type { ComponentProps } from 'react';
import { Select } from '@/components/ui/Input';
import type { Role } from '@/lib/contract';

const ROLES: readonly Role[] = ['viewer', 'operator', 'editor', 'admin'];

/** The four roles, least first. */
export function RoleSelect({
  onRole,
  ...rest
}: Omit<ComponentProps<'select'>, 'value' | 'onChange'> & {
  value: Role;
  onRole: (role: Role) => void;
}) {
  const t = useTranslations('settings.role');
  return (
    <Select
      {...rest}
      onChange={(event) => onRole(ROLES.find((role) => role === event.target.value) ?? 'viewer')}
    >
      {ROLES.map((role) => (
        <option key={role} value={role}>
          {t(role)}
        </option>
      ))}
    </Select>
  );
}
