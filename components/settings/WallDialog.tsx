'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input, Select } from '@/components/ui/Input';
import { Switch } from '@/components/ui/Switch';
import { CallError } from '@/lib/client/call';
import { changeWall, createWall } from '@/lib/client/walls';
import type { WallBody, WallMadeBody, WallSettings } from '@/lib/contract';
import type { Locale } from '@/lib/i18n/locale';
import { WallChoices } from './WallChoices';
import { WallLink } from './WallLink';

const LIFETIMES = ['30', '90', '365', 'never'] as const;

/** Makes a wall and shows its link this once, or changes what one shows. Mounted anew each time it opens. */
export function WallDialog({ wall, onClose }: { wall: WallBody | null; onClose: () => void }) {
  const t = useTranslations('walls');
  const queries = useQueryClient();
  const language = useLocale() as Locale;
  const [lifetime, setLifetime] = useState<(typeof LIFETIMES)[number]>('30');
  const [draft, setDraft] = useState<WallSettings>(
    () =>
      wall ?? {
        ...{ name: '', clusters: null, panels: ['towers', 'alerts', 'replication'] },
        ...{
          rotate_s: 20,
          size: 'normal',
          theme: 'dark',
          language,
          zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
          names: false,
          sql: false,
        },
      },
  );
  const set = (part: Partial<WallSettings>) => setDraft((before) => ({ ...before, ...part }));
  const saving = useMutation<WallBody | WallMadeBody>({
    mutationFn: () => {
      const { name, clusters, panels, rotate_s, size, theme, language, zone, names, sql } = draft;
      const settings = {
        ...{ name: name.trim(), clusters, panels, rotate_s, size },
        ...{ theme, language, zone, names, sql },
      };
      return wall
        ? changeWall(wall.id, settings)
        : createWall({ ...settings, expires_days: lifetime === 'never' ? null : Number(lifetime) });
    },
    onSuccess: async (saved) => {
      await queries.invalidateQueries({ queryKey: ['walls'] });
      if (!('path' in saved)) onClose();
    },
  });
  const fields = saving.error instanceof CallError ? saving.error.fields : {};
  const made = saving.data && 'path' in saving.data ? saving.data : null;
  if (made) return <WallLink made={made} onClose={onClose} />;
  return (
    <Dialog
      open
      title={wall ? t('change', { name: wall.name }) : t('new')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button
            variant="primary"
            disabled={draft.name.trim() === '' || saving.isPending}
            onClick={() => saving.mutate()}
          >
            {wall ? t('save') : t('create')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label={t('name')} hint={t('nameHint')} error={fields.name}>
          <Input
            value={draft.name}
            maxLength={63}
            onChange={(event) => set({ name: event.target.value })}
          />
        </Field>
        <WallChoices draft={draft} set={set} fields={fields} />
        <fieldset className="flex flex-col gap-2 rounded-md border border-line p-3">
          <legend className="px-1 font-medium text-[13px]">{t('seen')}</legend>
          <p className="text-[12px] text-muted">{t('seenHint')}</p>
          <Switch checked={draft.names} onChange={(names) => set({ names })} label={t('names')} />
          <Switch checked={draft.sql} onChange={(sql) => set({ sql })} label={t('sql')} />
        </fieldset>
        {!wall && (
          <Field label={t('expires')} error={fields.expires_days}>
            <Select
              value={lifetime}
              onChange={(event) =>
                setLifetime(LIFETIMES.find((each) => each === event.target.value) ?? '30')
              }
            >
              {LIFETIMES.map((each) => (
                <option key={each} value={each}>
                  {t(`expiresIn.${each}`)}
                </option>
              ))}
            </Select>
          </Field>
        )}
        {saving.error && Object.keys(fields).length === 0 && (
          <p role="alert" className="text-critical">
            {t('failed')}: {saving.error.message}
          </p>
        )}
      </div>
    </Dialog>
  );
}
