'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useLocale, useTranslations } from 'next-intl';
import { Failure, LoadingRows } from '@/components/screen/Faces';
import { Screen } from '@/components/screen/Screen';
import { visibleText } from '@/components/statement/sql-tokens';
import { buttonClass } from '@/components/ui/Button';
import { catalogOptions } from '@/lib/client/admin';
import { CallError } from '@/lib/client/call';
import {
  changeInstance,
  createInstance,
  instanceOptions,
  instancesOptions,
  testInstance,
} from '@/lib/client/instances';
import type { InstanceBody } from '@/lib/contract';
import type { Locale } from '@/lib/i18n/locale';
import type { TestState } from './ConnectionTest';
import { draftFields, draftOf, patchBody, storedOf, testBody, testState } from './draft-on-wire';
import { InstanceForm, type SaveOutcome } from './InstanceForm';
import { emptyDraft, type InstanceDraft } from './instance-draft';

/** The form for a new instance (`id` null) or a stored one. */
export function InstanceFormScreen({ id }: { id: string | null }) {
  const t = useTranslations('instances');
  const stored = useQuery({ ...instanceOptions(id ?? ''), enabled: id !== null });
  if (id === null)
    return (
      <Screen title={t('form.newTitle')} lead={t('form.newLead')} above={<Back />}>
        <Form instance={null} />
      </Screen>
    );
  return (
    <Screen
      title={t('form.editTitle', { name: visibleText(stored.data?.name ?? '…') })}
      lead={stored.data?.demo ? t('form.demoNotice') : t('form.editLead')}
      above={<Back />}
    >
      {stored.error && !stored.data && (
        <Failure
          title={t('form.loadError')}
          error={stored.error}
          retry={() => void stored.refetch()}
        />
      )}
      {!stored.error && !stored.data && <LoadingRows rows={8} height={64} />}
      {stored.data && <Form key={stored.data.id} instance={stored.data} />}
    </Screen>
  );
}

function Back() {
  const t = useTranslations('instances');
  return (
    <Link href="/instances" className="hover:text-text hover:underline">
      ← {t('title')}
    </Link>
  );
}

function Form({ instance }: { instance: InstanceBody | null }) {
  const t = useTranslations('instances');
  const locale = useLocale() as Locale;
  const router = useRouter();
  const queries = useQueryClient();
  const instances = useQuery(instancesOptions());
  const catalog = useQuery(catalogOptions());
  const clusters = [...new Set((instances.data?.instances ?? []).map(({ cluster }) => cluster))];
  const titleOf = (metric: string) =>
    catalog.data?.metrics.find((each) => each.id === metric)?.title[locale] ?? metric;

  async function test(draft: InstanceDraft): Promise<TestState> {
    try {
      return testState(
        draft.engine,
        await testInstance(testBody(draft, instance?.id ?? null)),
        titleOf,
      );
    } catch (error) {
      if (error instanceof CallError && error.status === 422)
        return { kind: 'invalid', message: error.message, fields: draftFields(error.fields) };
      return { kind: 'unavailable', message: (error as Error).message, fix: null };
    }
  }

  async function save(draft: InstanceDraft): Promise<SaveOutcome> {
    try {
      const body = patchBody(draft, instance);
      const saved = instance ? await changeInstance(instance.id, body) : await createInstance(body);
      await queries.invalidateQueries();
      router.push(`/instances?instance=${saved.id}`);
      return { ok: true };
    } catch (error) {
      const fields = error instanceof CallError ? draftFields(error.fields) : {};
      return {
        ok: false,
        message: `${t('form.failed')}: ${(error as Error).message}`,
        fields,
      };
    }
  }

  return (
    <InstanceForm
      initial={instance ? draftOf(instance) : emptyDraft}
      stored={instance ? storedOf(instance) : null}
      clusters={clusters}
      test={test}
      save={save}
      cancel={
        <Link href="/instances" className={buttonClass('quiet')}>
          {t('form.cancel')}
        </Link>
      }
    />
  );
}
