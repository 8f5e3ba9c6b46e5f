import { z } from 'zod';
import { engineDefaults } from '@/lib/metric/engine-source';
import { engineField, lineField, momentField, scrapeUrlField, secretField } from './fields';

export const hostField = lineField(253)
  .refine((host) => !host.includes('://') && !host.includes('@'), 'is a host name, not a URL')
  .refine((host) => !host.startsWith('/'), 'is a host name, not a socket path')
  .refine(
    (host) =>
      /^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?$/.test(host) || /^[0-9A-Fa-f:.]+$/.test(host),
    'is not a host name or address',
  );

export const portField = z
  .number('is not a number')
  .int('is not a whole number')
  .min(1, 'is not from 1 to 65535')
  .max(65535, 'is not from 1 to 65535');

const labelsField = z
  .record(
    z
      .string()
      .regex(/^[a-z][a-z0-9_.-]{0,62}$/, 'has a key that is not lower-case letters, digits, _ . -'),
    lineField(200),
  )
  .refine((labels) => Object.keys(labels).length <= 32, 'has more than 32 entries');

const tlsField = z.enum(['off', 'require', 'verify-full']);

const connection = {
  engine: engineField.default('postgres'),
  host: hostField,
  /** The engine's usual one when absent. */
  port: portField.optional(),
  /** To connect to; one that every server of the engine has when absent. */
  database: lineField(63).optional(),
  user: lineField(63),
  password: secretField(1000).optional(),
  tls: tlsField.default('require'),
};
/** Fetched by the collector, so no login, and no other scheme. Which address it may be is checked there. */
/** Region and DB instance identifier of Amazon RDS, as AWS writes them. */
const cloudwatchField = lineField(100).regex(
  /^[a-z]{2,}(-[a-z]+)+-\d\/[A-Za-z][A-Za-z0-9-]{0,62}$/,
  'is not a region and a DB instance identifier, such as eu-central-1/shop-1',
);

const settings = {
  name: lineField(63),
  /** Made when it is not there; the instance's own name when absent. */
  cluster: lineField(63).optional(),
  labels: labelsField.default({}),
  explain_enabled: z.boolean().default(true),
  explain_user: lineField(63).nullish(),
  explain_password: secretField(1000).optional(),
  node_exporter_url: scrapeUrlField.nullish(),
  cloudwatch: cloudwatchField.nullish(),
};

const withDefaults = <T extends { engine: keyof typeof engineDefaults }>(
  given: T & { port?: number | undefined; database?: string | undefined },
) => ({
  ...given,
  port: given.port ?? engineDefaults[given.engine].port,
  database: given.database ?? engineDefaults[given.engine].database,
});

export const instanceInput = z.strictObject({ ...settings, ...connection }).transform(withDefaults);
export type InstanceInput = z.infer<typeof instanceInput>;

export const instancePatch = z
  .strictObject({
    ...settings,
    ...connection,
    labels: labelsField,
    explain_enabled: z.boolean(),
    engine: engineField,
    port: portField,
    database: lineField(63),
    tls: tlsField,
  })
  .partial();
export type InstancePatch = z.infer<typeof instancePatch>;

/** The same body as creating; `instance` names a stored one whose password is used when none is given. */
export const instanceTest = z
  .strictObject({
    ...connection,
    name: lineField(63).optional(),
    cluster: lineField(63).optional(),
    labels: labelsField.optional(),
    explain_enabled: z.boolean().optional(),
    explain_user: lineField(63).nullish(),
    explain_password: secretField(1000).optional(),
    node_exporter_url: scrapeUrlField.nullish(),
    cloudwatch: cloudwatchField.nullish(),
    instance: z
      .string()
      .regex(/^[1-9]\d{0,8}$/, 'is not an id')
      .optional(),
  })
  .transform(withDefaults);

export const reasonBody = z.object({
  code: z.string(),
  message: z.string(),
  fix: z.string().nullish(),
});

export const instanceBody = z.object({
  id: z.string(),
  name: z.string(),
  cluster: z.string(),
  cluster_id: z.string(),
  engine: engineField,
  version: z.string().nullable(),
  role: z.enum(['primary', 'replica', 'unknown']),
  host: z.string(),
  port: z.number(),
  database: z.string(),
  user: z.string(),
  tls: tlsField,
  state: z.enum(['up', 'down', 'unknown']),
  reason: reasonBody.nullable(),
  last_seen: momentField,
  last_attempt: momentField,
  started_at: momentField,
  clock_skew_ms: z.number().nullable(),
  labels: z.record(z.string(), z.string()),
  demo: z.boolean(),
  password_stored: z.boolean(),
  explain_enabled: z.boolean(),
  explain_user: z.string().nullable(),
  explain_password_stored: z.boolean(),
  node_exporter_url: z.string().nullable(),
  cloudwatch: z.string().nullable(),
});
export type InstanceBody = z.infer<typeof instanceBody>;
export const instancesBody = z.object({ instances: z.array(instanceBody) });

export const permissionBody = z.object({
  need: z.string(),
  ok: z.boolean().nullable(),
  fix_sql: z.string().nullable(),
});
export const explainLoginTestBody = z.object({
  user: z.string(),
  ok: z.boolean().describe('It connects; rights are told apart from that.'),
  excess: z
    .array(z.object({ right: z.string(), fix_sql: z.string() }))
    .describe('Rights a plan does not need: a function that the planner runs would have them.'),
  tables: z.number(),
  readable: z.number(),
  fix_sql: z.string().nullable().describe('Lets it read the tables it may not.'),
  error: reasonBody.nullable(),
});
export const instanceTestBody = z.object({
  ok: z.boolean(),
  version: z.string().nullable(),
  role: z.enum(['primary', 'replica', 'unknown']),
  system_identifier: z.string().nullable(),
  permissions: z.array(permissionBody),
  excess: z.array(z.object({ right: z.string(), fix_sql: z.string() })),
  blind: z.array(z.object({ metric: z.string(), missing: z.array(z.string()) })),
  role_sql: z.string(),
  error: reasonBody.nullable(),
  explain: explainLoginTestBody
    .nullable()
    .describe('The separate EXPLAIN login; null without `explain_user`.'),
});
export type InstanceTestBody = z.infer<typeof instanceTestBody>;

export const instanceHealthBody = z.object({
  instance: z.string(),
  metrics: z.array(
    z.object({
      metric: z.string(),
      last_attempt: momentField,
      last_success: momentField,
      last_duration_ms: z.number().nullable(),
      error: z.object({ code: z.string(), message: z.string() }).nullable(),
      missing: z.array(z.object({ need: z.string(), fix_sql: z.string().nullable() })),
    }),
  ),
  /** What watching costs the server; null where it is not measured. */
  cost: z.record(z.string(), z.unknown()).nullable(),
});
export type InstanceHealthBody = z.infer<typeof instanceHealthBody>;
