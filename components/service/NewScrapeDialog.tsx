'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { CallError } from '@/lib/client/call';
import { addScrape } from '@/lib/client/services';

/** The address of an application's /metrics, and the service it is. */
export function NewScrapeDialog(props: { cluster: string; open: boolean; onClose: () => void }) {
  const { cluster, open } = props;
  const t = useTranslations('service.scrape');
  const queries = useQueryClient();
  const [service, setService] = useState('');
  const [environment, setEnvironment] = useState('');
  const [url, setUrl] = useState('');
  const [token, setToken] = useState('');
  const adding = useMutation({
    mutationFn: () =>
      addScrape(cluster, {
        service: service.trim(),
        url: url.trim(),
        ...(environment.trim() && { environment: environment.trim() }),
        ...(token && { token }),
      }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['cluster', cluster, 'scrapes'] });
      await queries.invalidateQueries({ queryKey: ['services'] });
      setUrl('');
      setToken('');
      close();
    },
  });
  const fields = adding.error instanceof CallError ? adding.error.fields : {};

  function close() {
    adding.reset();
    props.onClose();
  }

  return (
    <Dialog
      open={open}
      title={t('add')}
      onClose={close}
      footer={
        <>
          <Button onClick={close}>{t('cancel')}</Button>
          <Button
            variant="primary"
            disabled={service.trim() === '' || url.trim() === '' || adding.isPending}
            onClick={() => adding.mutate()}
          >
            {t('add')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label={t('service')} error={fields.service}>
          <Input
            value={service}
            maxLength={200}
            onChange={(event) => setService(event.target.value)}
          />
        </Field>
        <Field label={t('environment')} error={fields.environment}>
          <Input
            value={environment}
            maxLength={200}
            onChange={(event) => setEnvironment(event.target.value)}
          />
        </Field>
        <Field label={t('url')} hint={t('urlHint')} error={fields.url}>
          <Input
            value={url}
            inputMode="url"
            maxLength={500}
            placeholder="http://shop:9464/metrics"
            onChange={(event) => setUrl(event.target.value)}
          />
        </Field>
        <Field label={t('token')} hint={t('tokenHint')} error={fields.token}>
          <Input
            type="password"
            autoComplete="off"
            value={token}
            maxLength={1000}
            onChange={(event) => setToken(event.target.value)}
          />
        </Field>
        {adding.error && Object.keys(fields).length === 0 && (
          <p role="alert" className="text-critical">
            {adding.error.message}
          </p>
        )}
      </div>
    </Dialog>
  );
}
