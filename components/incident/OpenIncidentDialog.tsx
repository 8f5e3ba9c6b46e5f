'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input, Select } from '@/components/ui/Input';
import { CallError } from '@/lib/client/call';
import { clustersOptions } from '@/lib/client/clusters';
import { openIncident } from '@/lib/client/incidents';

/** Opens an incident by hand. */
export function OpenIncidentDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTranslations('incident');
  const router = useRouter();
  const queries = useQueryClient();
  const clusters = useQuery({ ...clustersOptions(), enabled: open });
  const [title, setTitle] = useState('');
  const [severity, setSeverity] = useState<'warning' | 'critical'>('critical');
  const [cluster, setCluster] = useState('');
  const opening = useMutation({
    mutationFn: () =>
      openIncident({ title: title.trim(), severity, ...(cluster ? { cluster } : {}) }),
    onSuccess: (made) => {
      void queries.invalidateQueries({ queryKey: ['incidents'] });
      router.push(`/incidents/${made.id}`);
    },
  });
  const fields = opening.error instanceof CallError ? opening.error.fields : {};
  return (
    <Dialog
      open={open}
      title={t('open')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button
            variant="primary"
            disabled={title.trim() === '' || opening.isPending}
            onClick={() => opening.mutate()}
          >
            {t('open')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <p className="text-muted">{t('lead')}</p>
        <Field label={t('field.title')} error={fields.title}>
          <Input value={title} maxLength={200} onChange={(event) => setTitle(event.target.value)} />
        </Field>
        <Field label={t('field.cluster')} error={fields.cluster}>
          <Select value={cluster} onChange={(event) => setCluster(event.target.value)}>
            <option value="">{t('field.noCluster')}</option>
            {clusters.data?.clusters.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </Select>
        </Field>
        <Field label={t('field.severity')}>
          <Select
            value={severity}
            onChange={(event) =>
              setSeverity(event.target.value === 'warning' ? 'warning' : 'critical')
            }
          >
            <option value="critical">{t('severity.critical')}</option>
            <option value="warning">{t('severity.warning')}</option>
          </Select>
        </Field>
        {opening.error && Object.keys(fields).length === 0 && (
          <p role="alert" className="text-critical">
            {opening.error.message}
          </p>
        )}
      </div>
    </Dialog>
  );
}
