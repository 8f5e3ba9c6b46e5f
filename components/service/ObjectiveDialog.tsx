'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Segments } from '@/components/instance/Segments';
import { Failure } from '@/components/screen/Faces';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { CallError } from '@/lib/client/call';
import { saveObjective } from '@/lib/client/services';
import type { ObjectiveBody } from '@/lib/contract';

/** Percent as people write it; to the sixth figure, so that 99.9 % stays 0.999. */
const shareOf = (percent: string) => Math.round(Number(percent) * 10_000) / 1_000_000;
const percentOf = (share: number) => String(Math.round(share * 1_000_000) / 10_000);

/** Makes an objective or changes one. */
export function ObjectiveDialog(props: {
  service: string;
  objective: ObjectiveBody | null;
  onClose: () => void;
}) {
  const { service, objective, onClose } = props;
  const t = useTranslations('service');
  const queries = useQueryClient();
  const [kind, setKind] = useState<'availability' | 'latency'>(objective?.kind ?? 'availability');
  const [percent, setPercent] = useState(percentOf(objective?.target ?? 0.999));
  const [threshold, setThreshold] = useState(String(objective?.threshold_ms ?? 100));
  const [days, setDays] = useState(String(objective?.window_days ?? 30));
  const saving = useMutation({
    mutationFn: () => {
      const common = { target: shareOf(percent), window_days: Number(days) };
      return saveObjective(
        service,
        objective?.id ?? null,
        kind === 'latency'
          ? { kind, ...common, threshold_ms: Number(threshold) }
          : { kind, ...common },
      );
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['service'] });
      onClose();
    },
  });
  const fields = saving.error instanceof CallError ? saving.error.fields : {};
  return (
    <Dialog
      open
      title={t(objective ? 'changeObjective' : 'addObjective')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button
            variant="primary"
            disabled={saving.isPending || percent === ''}
            onClick={() => saving.mutate()}
          >
            {t('save')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {saving.error && <Failure title={t('notSaved')} error={saving.error} />}
        <Segments
          label={t('kindLabel')}
          value={kind}
          options={[
            ['availability', t('kind.availability')],
            ['latency', t('kind.latency')],
          ]}
          onChange={setKind}
        />
        <Field label={t('target')} hint={t(`targetHint.${kind}`)} error={fields.target}>
          <Input
            inputMode="decimal"
            value={percent}
            onChange={(event) => setPercent(event.target.value)}
          />
        </Field>
        {kind === 'latency' && (
          <Field label={t('threshold')} hint={t('inMs')} error={fields.threshold_ms}>
            <Input
              inputMode="decimal"
              value={threshold}
              onChange={(event) => setThreshold(event.target.value)}
            />
          </Field>
        )}
        <Field label={t('days')} hint={t('daysHint')} error={fields.window_days}>
          <Input
            inputMode="numeric"
            value={days}
            onChange={(event) => setDays(event.target.value)}
          />
        </Field>
      </div>
    </Dialog>
  );
}
