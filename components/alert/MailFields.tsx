import { useTranslations } from 'next-intl';
import { Field } from '@/components/ui/Field';
import { Input, Select } from '@/components/ui/Input';
import type { ChannelBody } from '@/lib/contract';

type Smtp = NonNullable<ChannelBody['smtp']>;
const modes = ['starttls', 'implicit', 'none'] as const;
const ports = { starttls: '587', implicit: '465', none: '25' } as const;

export type MailDraft = Pick<Smtp, 'host' | 'tls' | 'from'> &
  Record<'port' | 'user' | 'to', string>;
export const emptyMail: MailDraft = {
  ...{ host: '', port: ports.starttls, tls: 'starttls', user: '', from: '', to: '' },
};

export const smtpOf = ({ host, port, tls, user, from, to }: MailDraft): Smtp => ({
  ...{ host: host.trim(), port: Number(port), tls, from: from.trim() },
  user: user.trim() === '' ? null : user.trim(),
  to: to
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean),
});

/** Which server takes the mail, from whom and to whom. */
export function MailFields(props: {
  mail: MailDraft;
  onChange: (mail: MailDraft) => void;
  fields: Partial<Record<string, string>>;
}) {
  const { mail, onChange, fields } = props;
  const t = useTranslations('alerts.channel.mail');
  const text = (name: 'host' | 'port' | 'user' | 'from' | 'to', hint?: string) => (
    <Field
      label={t(name)}
      hint={hint}
      error={fields[`smtp.${name}`] ?? (name === 'to' ? fields['smtp.to.0'] : undefined)}
    >
      <Input
        value={mail[name]}
        autoComplete="off"
        inputMode={name === 'port' ? 'numeric' : undefined}
        onChange={(event) => onChange({ ...mail, [name]: event.target.value })}
      />
    </Field>
  );
  return (
    <>
      {text('host')}
      <Field label={t('security')} error={fields['smtp.tls']}>
        <Select
          value={mail.tls}
          onChange={(event) => {
            const tls = modes.find((each) => each === event.target.value) ?? 'starttls';
            onChange({ ...mail, tls, port: ports[tls] });
          }}
        >
          {modes.map((each) => (
            <option key={each} value={each}>
              {t(`tls.${each}`)}
            </option>
          ))}
        </Select>
      </Field>
      {text('port')}
      {text('from')}
      {text('to', t('toHint'))}
      {text('user', t('userHint'))}
    </>
  );
}
