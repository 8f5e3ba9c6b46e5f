'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocale, useTimeZone, useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input, Select } from '@/components/ui/Input';
import { addChannel, type ChannelDraft } from '@/lib/client/alerts';
import { CallError } from '@/lib/client/call';
import type { Locale } from '@/lib/i18n/locale';
import { emptyMail, type MailDraft, MailFields, smtpOf } from './MailFields';

const kinds = ['slack', 'webhook', 'pagerduty', 'email'] as const;
const levels = ['warning', 'critical'] as const;

/** An unused field is not sent: an address of Slack means nothing to a mail server. */
function asInput({ url, key, ...draft }: ChannelDraft, mail: MailDraft): ChannelDraft {
  const { kind } = draft;
  return {
    ...draft,
    name: draft.name.trim(),
    ...(url && (kind === 'slack' || kind === 'webhook') ? { url } : {}),
    ...(key && kind !== 'slack' ? { key } : {}),
    ...(kind === 'email' ? { smtp: smtpOf(mail) } : {}),
  };
}

/** Adds a channel; its address and key are sealed and never shown again. */
export function ChannelDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations('alerts');
  const locale = useLocale() as Locale;
  const zone = useTimeZone() ?? 'UTC';
  const queries = useQueryClient();
  const [draft, setDraft] = useState<ChannelDraft>({
    ...{ name: '', kind: 'slack', language: locale, zone, least_level: 'warning' },
    allow_private: false,
  });
  const set = (change: Partial<ChannelDraft>) => setDraft((old) => ({ ...old, ...change }));
  const [mail, setMail] = useState<MailDraft>(emptyMail);
  const adding = useMutation({
    mutationFn: () => addChannel(asInput(draft, mail)),
    onSuccess: async () => {
      onClose();
      await queries.invalidateQueries({ queryKey: ['channels'] });
    },
  });
  const fields = adding.error instanceof CallError ? adding.error.fields : {};
  return (
    <Dialog
      open
      title={t('channel.new')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button
            variant="primary"
            disabled={draft.name.trim() === '' || adding.isPending}
            onClick={() => adding.mutate()}
          >
            {t('channel.add')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label={t('channel.name')} error={fields.name}>
          <Input
            value={draft.name}
            maxLength={63}
            onChange={(event) => set({ name: event.target.value })}
          />
        </Field>
        <Field label={t('channel.what')} error={fields.kind}>
          <Select
            value={draft.kind}
            onChange={(event) =>
              set({ kind: kinds.find((each) => each === event.target.value) ?? 'slack' })
            }
          >
            {kinds.map((each) => (
              <option key={each} value={each}>
                {t(`channel.kind.${each}`)}
              </option>
            ))}
          </Select>
        </Field>
        {draft.kind === 'email' && <MailFields mail={mail} onChange={setMail} fields={fields} />}
        {(draft.kind === 'slack' || draft.kind === 'webhook') && (
          <Field
            label={t('channel.url')}
            hint={t(`channel.urlHint.${draft.kind}`)}
            error={fields.url}
          >
            <Input
              type="password"
              autoComplete="off"
              value={draft.url ?? ''}
              onChange={(event) => set({ url: event.target.value })}
            />
          </Field>
        )}
        {draft.kind !== 'slack' && (
          <Field
            label={t(draft.kind === 'email' ? 'channel.mail.password' : 'channel.key')}
            hint={t(`channel.keyHint.${draft.kind}`)}
            error={fields.key}
          >
            <Input
              type="password"
              autoComplete="off"
              value={draft.key ?? ''}
              onChange={(event) => set({ key: event.target.value })}
            />
          </Field>
        )}
        <Field label={t('channel.language')} error={fields.language}>
          <Select
            value={draft.language}
            onChange={(event) => set({ language: event.target.value === 'ja' ? 'ja' : 'en' })}
          >
            <option value="en">English</option>
            <option value="ja">日本語</option>
          </Select>
        </Field>
        <Field label={t('channel.level')} error={fields.least_level}>
          <Select
            value={draft.least_level}
            onChange={(event) =>
              set({ least_level: levels.find((each) => each === event.target.value) ?? 'warning' })
            }
          >
            {levels.map((each) => (
              <option key={each} value={each}>
                {t(`channel.least.${each}`)}
              </option>
            ))}
          </Select>
        </Field>
        <label className="flex items-start gap-2">
          <input
            type="checkbox"
            className="mt-1"
            checked={draft.allow_private}
            onChange={(event) => set({ allow_private: event.target.checked })}
          />
          <span>{t('channel.allowPrivate')}</span>
        </label>
        {adding.error && Object.keys(fields).length === 0 && (
          <p role="alert" className="text-critical">
            {adding.error.message}
          </p>
        )}
      </div>
    </Dialog>
  );
}
