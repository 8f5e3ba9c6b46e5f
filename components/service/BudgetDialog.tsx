'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Failure } from '@/components/screen/Faces';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { CallError } from '@/lib/client/call';
import { changeService } from '@/lib/client/services';
import type { ServiceDetailBody } from '@/lib/contract';
import { budgetParts, type lectureBudget } from '@/lib/service/objectives';

/** Changes how long each part may take, or goes back to 40, 30, 20 and 10 ms. */
export function BudgetDialog(props: {
  open: boolean;
  service: ServiceDetailBody;
  onClose: () => void;
}) {
  const { open, service, onClose } = props;
  const t = useTranslations('service');
  const queries = useQueryClient();
  const [given, setGiven] = useState<Partial<Record<keyof typeof lectureBudget, string>>>({});
  const saving = useMutation({
    mutationFn: (budget: typeof lectureBudget | null) => changeService(service.id, { budget }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['service'] });
      setGiven({});
      onClose();
    },
  });
  const values = Object.fromEntries(
    budgetParts.map((part) => [part, Number(given[part] ?? service.budget[part])]),
  ) as typeof lectureBudget;
  const fields = saving.error instanceof CallError ? saving.error.fields : {};
  return (
    <Dialog
      open={open}
      title={t('budget.change')}
      onClose={onClose}
      footer={
        <>
          <Button disabled={saving.isPending} onClick={() => saving.mutate(null)}>
            {t('budget.usual')}
          </Button>
          <Button
            variant="primary"
            disabled={saving.isPending || Object.values(values).some((one) => !(one >= 0))}
            onClick={() => saving.mutate(values)}
          >
            {t('save')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {saving.error && <Failure title={t('notSaved')} error={saving.error} />}
        {budgetParts.map((part) => (
          <Field
            key={part}
            label={t(`budget.part.${part}`)}
            hint={t('inMs')}
            error={fields[`budget.${part}`]}
          >
            <Input
              type="number"
              min={0}
              value={given[part] ?? String(service.budget[part])}
              onChange={(event) => setGiven({ ...given, [part]: event.target.value })}
            />
          </Field>
        ))}
      </div>
    </Dialog>
  );
}
