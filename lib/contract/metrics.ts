import { z } from 'zod';
import { countField, idField, lineField, rangeFields, textField, withRange } from './fields';

export const catalogBody = z.object({
  metrics: z.array(
    z.object({
      id: z.string(),
      engine: z.string(),
      layer: z.enum(['application', 'database', 'infrastructure']),
      title: textField,
      help: textField,
      source: z.string(),
      every_s: z.number(),
      timeout_s: z.number(),
      on: z.enum(['primary', 'replica', 'any']),
      cost: z.enum(['low', 'medium', 'high']),
      columns: z.array(
        z.object({
          name: z.string(),
          kind: z.enum(['label', 'flag', 'gauge', 'counter']),
          unit: z.string().nullable(),
          help: textField.nullable(),
        }),
      ),
      needs: z.array(z.record(z.string(), z.string())),
      sql: z.array(
        z.object({
          from: z.number(),
          /** Of the two servers of MySQL's protocol. */
          flavour: z.enum(['mysql', 'mariadb']).optional(),
          version_of: z.string(),
          sql: z.string(),
        }),
      ),
      panels: z.array(
        z.object({
          id: z.string(),
          title: textField,
          show: z.enum(['line', 'stacked']),
          y: z.array(z.string()),
          by: z.string().optional(),
          where: z.record(z.string(), z.string()).optional(),
          limit: z.string().optional(),
        }),
      ),
      alerts: z.array(
        z.object({
          id: z.string(),
          on: z.string(),
          above: z
            .object({ warning: z.number().optional(), critical: z.number().optional() })
            .optional(),
          below: z
            .object({ warning: z.number().optional(), critical: z.number().optional() })
            .optional(),
          for: z.string(),
          says: textField,
          fix: textField,
        }),
      ),
    }),
  ),
});
export type CatalogBody = z.infer<typeof catalogBody>;
export type CatalogMetric = CatalogBody['metrics'][number];

/** `label.<name>=` parameters are taken out before this is checked. */
export const seriesQuery = z
  .strictObject({
    /** One id, or several with commas. */
    instance: z
      .string()
      .regex(/^[1-9]\d{0,8}(,[1-9]\d{0,8}){0,99}$/, 'is not an id or a list of ids with commas'),
    metric: lineField(100),
    column: lineField(63),
    points: countField(1, 5000).default(300),
    raw: z.enum(['0', '1'], 'is 0 or 1').default('0'),
    label: z.record(z.string().max(63), z.string().max(500)).default({}),
    ...rangeFields,
  })
  .transform(withRange);

export const seriesBody = z.object({
  metric: z.string(),
  column: z.string(),
  unit: z.string(),
  kind: z.enum(['gauge', 'counter', 'flag']),
  step_ms: z.number(),
  from: z.number(),
  to: z.number(),
  series: z.array(
    z.object({
      instance: z.string(),
      labels: z.record(z.string(), z.string()),
      points: z.array(z.tuple([z.number(), z.number().nullable()])),
      min: z.array(z.number().nullable()),
      max: z.array(z.number().nullable()),
    }),
  ),
  /** Why there may be nothing or old data: the collector's own word on this metric, per instance. */
  health: z.array(
    z.object({
      instance: z.string(),
      last_success: z.number().nullable(),
      error: z.object({ code: z.string(), message: z.string() }).nullable(),
      missing: z.array(z.object({ need: z.string(), fix_sql: z.string().nullable() })),
    }),
  ),
});
export type SeriesBody = z.infer<typeof seriesBody>;

export const eventsQuery = z
  .strictObject({ cluster: idField.optional(), instance: idField.optional(), ...rangeFields })
  .transform(withRange);
export const eventInput = z.strictObject({
  kind: z.enum(['deploy', 'migration', 'note']),
  text: lineField(500),
  at: z
    .union([
      z.number().int().min(946684800000).max(4102444800000),
      z.iso.datetime({ offset: true }),
    ])
    .optional(),
  cluster: idField.optional(),
  instance: idField.optional(),
});
export const eventBody = z.object({
  id: z.string(),
  at: z.number(),
  kind: z.string(),
  cluster: z.string().nullable(),
  instance: z.string().nullable(),
  text: z.string(),
  details: z.record(z.string(), z.unknown()),
});
export type EventBody = z.infer<typeof eventBody>;
export const eventsBody = z.object({ events: z.array(eventBody) });
