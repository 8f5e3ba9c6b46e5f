import { z } from 'zod';
import { phases } from '@/lib/incident/phases';
import { alertBody } from './alerts';
import { countField, idField, lineField, momentField, secretField } from './fields';

const severity = z.enum(['warning', 'critical']);
const phaseField = z.enum(phases);
const moment = z.number().int().min(946_684_800_000).max(4_102_444_800_000);

export const incidentsQuery = z.strictObject({
  /** `open` is everything not closed. */
  state: z.enum(['open', 'all']).default('all'),
  cluster: idField.optional(),
  limit: countField(1, 500).default(100),
});

export const incidentInput = z
  .strictObject({
    /** Of the alert's rule when absent. */
    title: lineField(200).optional(),
    severity: severity.optional(),
    cluster: idField.optional(),
    /** Opened from it: title, severity, cluster and begin are its own where they are not given. */
    alert: z
      .string()
      .regex(/^[1-9]\d{0,17}$/, 'is not an id')
      .optional(),
    /** Epoch ms; when the trouble began. */
    started_at: moment.optional(),
  })
  .superRefine((given, ctx) => {
    if (!given.title && !given.alert)
      ctx.addIssue({ code: 'custom', message: 'is needed without an alert', path: ['title'] });
    if (given.started_at !== undefined && given.started_at > Date.now() + 60_000)
      ctx.addIssue({ code: 'custom', message: 'is in the future', path: ['started_at'] });
  });

const taskField = z.strictObject({
  text: lineField(300),
  owner: lineField(100),
  due: z.iso.date('is not a date'),
  done: z.boolean().default(false),
});
const paragraph = secretField(8000);
const reviewField = z
  .strictObject({
    ...{ summary: paragraph, impact: paragraph, cause: paragraph },
    ...{ went_well: paragraph, went_badly: paragraph },
    tasks: z.array(taskField).max(50, 'has more than 50 entries'),
  })
  .partial();

export const incidentPatch = z
  .strictObject({
    title: lineField(200),
    severity,
    phase: phaseField,
    started_at: moment,
    review: reviewField,
    /** With a review: the version it was read with, so that nobody writes over another's words. */
    version: z.number().int().min(0),
  })
  .partial()
  .superRefine((given, ctx) => {
    if (given.review && given.version === undefined)
      ctx.addIssue({ code: 'custom', message: 'is needed with a review', path: ['version'] });
  });

export const mitigationKinds = [
  ...(['cancel', 'terminate', 'fail_over', 'rate_limit', 'setting', 'roll_back'] as const),
  ...(['index', 'scale', 'other'] as const),
] as const;
export const incidentEventInput = z
  .strictObject({
    kind: z.enum(['note', 'mitigation']),
    text: lineField(1000),
    /** What was done, with a mitigation. */
    mitigation: z.enum(mitigationKinds).optional(),
    at: moment.optional(),
  })
  .superRefine((given, ctx) => {
    if ((given.kind === 'mitigation') !== (given.mitigation !== undefined))
      ctx.addIssue({
        ...{ code: 'custom', path: ['mitigation'] },
        message: 'is needed with kind "mitigation", and only then',
      });
  });

const durations = {
  to_detect_ms: z.number().nullable(),
  to_acknowledge_ms: z.number().nullable(),
  to_recover_ms: z.number().nullable(),
};
export const incidentBody = z.object({
  id: z.string(),
  title: z.string(),
  severity,
  phase: phaseField,
  cluster: z.object({ id: z.string().nullable(), name: z.string() }).nullable(),
  opened_by: z.string(),
  started_at: z.number(),
  detected_at: z.number(),
  acknowledged_at: momentField,
  mitigated_at: momentField,
  resolved_at: momentField,
  closed_at: momentField,
  ...durations,
  /** Of its alerts, how many fire now. */
  firing: z.number(),
  tasks_open: z.number(),
});
export type IncidentBody = z.infer<typeof incidentBody>;
export const incidentsBody = z.object({
  incidents: z.array(incidentBody),
  /** Means by month of detection (UTC), of the last twelve; null where nothing is known. */
  months: z.array(z.object({ month: z.number(), incidents: z.number(), ...durations })),
});
export type IncidentsBody = z.infer<typeof incidentsBody>;

const effectBody = z.object({
  id: z.string(),
  of: z.string().nullable(),
  layer: z.string(),
  unit: z.string(),
  per_second: z.boolean(),
  before: z.number(),
  after: z.number(),
});
const timelineBody = z.object({
  id: z.string(),
  at: z.number(),
  /** Who said or did it; null for what servers and rules did. */
  actor: z.string().nullable(),
  kind: z.enum([
    ...(['opened', 'phase', 'note', 'mitigation', 'review', 'recorded'] as const),
    ...(['alert', 'event', 'action'] as const),
  ]),
  /** What the kind is more exactly: a phase, a kind of mitigation or of event, a verb. */
  what: z.string(),
  text: z.string(),
  instance: z.string().nullable(),
});
export type TimelineBody = z.infer<typeof timelineBody>;

export const incidentDetailBody = incidentBody.extend({
  /** Phases that may follow. */
  next: z.array(phaseField),
  alerts: z.array(alertBody),
  /** Oldest first. */
  timeline: z.array(timelineBody),
  /** What people did against it, and what changed then; `effect` null: not known (yet). */
  mitigations: z.array(
    z.object({
      id: z.string(),
      at: z.number(),
      actor: z.string(),
      what: z.string(),
      text: z.string(),
      effect: z.array(effectBody).nullable(),
    }),
  ),
  /** As it was known at that moment; `reason` says why something could not be read. */
  evidence: z.array(
    z.object({
      id: z.string(),
      kind: z.enum([
        ...(['verdict', 'alerts', 'sessions', 'statements', 'replication'] as const),
        ...(['settings', 'events', 'charts'] as const),
      ]),
      instance: z.string().nullable(),
      at: z.number(),
      body: z.unknown(),
      reason: z.string().nullable(),
    }),
  ),
  review: z.object({
    ...{ summary: z.string(), impact: z.string(), cause: z.string() },
    ...{ went_well: z.string(), went_badly: z.string() },
    tasks: z.array(
      z.object({ text: z.string(), owner: z.string(), due: z.string(), done: z.boolean() }),
    ),
  }),
  version: z.number(),
  /** Past ones that had most in common, with what. */
  similar: z.array(
    z.object({
      incident: incidentBody,
      summary: z.string(),
      cause: z.string(),
      shared: z.array(
        z.object({
          kind: z.enum(['cluster', 'rule', 'statement', 'wait', 'layer']),
          values: z.array(z.string()),
        }),
      ),
    }),
  ),
});
export type IncidentDetailBody = z.infer<typeof incidentDetailBody>;

export const reviewQuery = z.strictObject({ language: z.enum(['en', 'ja']).default('en') });
