'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Segments } from '@/components/instance/Segments';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { clustersOptions } from '@/lib/client/clusters';
import { type WallSettings, wallPanels } from '@/lib/contract';

/** Which clusters and panels, and how they look. */
export function WallChoices(props: {
  draft: WallSettings;
  set: (part: Partial<WallSettings>) => void;
  fields: Readonly<Record<string, string>>;
}) {
  const { draft, set, fields } = props;
  const t = useTranslations('walls');
  const { data } = useQuery(clustersOptions());
  const toggled = <T,>(list: readonly T[], one: T) =>
    list.includes(one) ? list.filter((each) => each !== one) : [...list, one];
  return (
    <>
      <fieldset className="flex flex-col gap-1.5">
        <legend className="mb-1 font-medium text-[13px]">{t('clusters')}</legend>
        <Segments
          label={t('clusters')}
          value={draft.clusters === null ? 'all' : 'some'}
          options={[
            ['all', t('allClusters')],
            ['some', t('someClusters')],
          ]}
          onChange={(value) =>
            set({
              clusters: value === 'all' ? null : (data?.clusters ?? []).map((one) => one.id),
            })
          }
        />
        {draft.clusters !== null && (
          <div className="flex max-h-40 flex-col gap-1 overflow-auto rounded-md border border-line p-2">
            {data?.clusters.map((one) => (
              <Check
                key={one.id}
                label={<bdi>{one.name}</bdi>}
                checked={draft.clusters?.includes(one.id) ?? false}
                onChange={() => set({ clusters: toggled(draft.clusters ?? [], one.id) })}
              />
            ))}
          </div>
        )}
        <Problem text={fields.clusters} />
      </fieldset>
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-1 font-medium text-[13px]">{t('panels')}</legend>
        {wallPanels.map((panel) => (
          <Check
            key={panel}
            label={t(`panel.${panel}`)}
            checked={draft.panels.includes(panel)}
            // In the order in which they are shown, whatever was clicked first.
            onChange={() =>
              set({
                panels: wallPanels.filter((each) => toggled(draft.panels, panel).includes(each)),
              })
            }
          />
        ))}
        <Problem text={fields.panels} />
      </fieldset>
      <Field label={t('rotate')} error={fields.rotate_s}>
        <Input
          type="number"
          min={5}
          max={3600}
          value={Number.isNaN(draft.rotate_s) ? '' : draft.rotate_s}
          onChange={(event) => set({ rotate_s: event.target.valueAsNumber })}
          className="max-w-28"
        />
      </Field>
      <div className="flex flex-wrap gap-x-6 gap-y-3">
        <Choice
          label={t('size')}
          value={draft.size}
          options={(['small', 'normal', 'large'] as const).map((one) => [one, t(`sizes.${one}`)])}
          onChange={(size) => set({ size })}
        />
        <Choice
          label={t('theme')}
          value={draft.theme}
          options={(['dark', 'light'] as const).map((one) => [one, t(`themes.${one}`)])}
          onChange={(theme) => set({ theme })}
        />
        <Choice
          label={t('language')}
          value={draft.language}
          options={[
            ['en', 'English'],
            ['ja', '日本語'],
          ]}
          onChange={(language) => set({ language })}
        />
      </div>
      <Field label={t('zone')} error={fields.zone}>
        <Input value={draft.zone} onChange={(event) => set({ zone: event.target.value })} />
      </Field>
    </>
  );
}

function Choice<V extends string>(props: {
  label: string;
  value: V;
  options: readonly (readonly [V, string])[];
  onChange: (value: V) => void;
}) {
  return (
    <div className="flex flex-col gap-1">
      <span className="font-medium text-[13px]">{props.label}</span>
      <Segments {...props} />
    </div>
  );
}

function Check(props: { label: React.ReactNode; checked: boolean; onChange: () => void }) {
  return (
    <label className="flex cursor-pointer items-center gap-2 text-[13px]">
      <input
        type="checkbox"
        checked={props.checked}
        onChange={props.onChange}
        className="size-4 accent-accent"
      />
      {props.label}
    </label>
  );
}

function Problem({ text }: { text: string | undefined }) {
  return text ? <p className="text-[12px] text-critical">{text}</p> : null;
}
