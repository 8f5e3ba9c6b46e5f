import { z } from 'zod';
import { phases } from '@/lib/incident/phases';
import { clusterBody, replicaBody, sentenceBody } from './clusters';
import { idField, lineField, momentField, textField, zoneField } from './fields';

/** What a wall can show, in the order in which it does. */
export const wallPanels = ['towers', 'alerts', 'replication', 'statements'] as const;
export type WallPanel = (typeof wallPanels)[number];

const distinct = (given: string[]) => new Set(given).size === given.length;
const settings = {
  name: lineField(63),
  /** Clusters by id; null is every one, also those to come. */
  clusters: z
    .array(idField)
    .min(1, 'is empty')
    .max(200, 'has more than 200 entries')
    .refine(distinct, 'names a cluster twice')
    .nullable(),
  panels: z
    .array(z.enum(wallPanels))
    .min(1, 'is empty')
    .max(wallPanels.length)
    .refine(distinct, 'names a panel twice'),
  /** Seconds until the next page. */
  rotate_s: z.number().int('is not a whole number').min(5).max(3600),
  size: z.enum(['small', 'normal', 'large']),
  theme: z.enum(['dark', 'light']),
  language: z.enum(['en', 'ja']),
  zone: zoneField,
  /** Whether it names clusters, servers and services. */
  names: z.boolean(),
  /** Whether it shows texts of statements. */
  sql: z.boolean(),
};
export const wallSettings = z.object(settings);
export type WallSettings = z.infer<typeof wallSettings>;

export const wallInput = z.strictObject({
  name: settings.name,
  clusters: settings.clusters.default(null),
  panels: settings.panels.default(['towers', 'alerts', 'replication']),
  rotate_s: settings.rotate_s.default(20),
  size: settings.size.default('normal'),
  theme: settings.theme.default('dark'),
  language: settings.language.default('en'),
  zone: settings.zone.default('UTC'),
  names: settings.names.default(false),
  sql: settings.sql.default(false),
  /** Days until the link ends; never when null. */
  expires_days: z.number().int('is not a whole number').min(1).max(365).nullable().default(30),
});
export type WallInput = z.input<typeof wallInput>;
export const wallPatch = z.strictObject(settings).partial();
export type WallPatch = z.infer<typeof wallPatch>;

export const wallBody = wallSettings.extend({
  id: z.string(),
  created_by: z.string(),
  created_at: z.number(),
  expires_at: momentField,
  revoked_at: momentField,
  /** When a screen last asked, and from how many addresses since it was made; 20 is 20 or more. */
  last_seen: momentField,
  addresses: z.number(),
});
export type WallBody = z.infer<typeof wallBody>;
export const wallsBody = z.object({ walls: z.array(wallBody) });
/** The only answer that ever holds the link: for a browser, and for a screen that runs no scripts. */
export const wallMadeBody = wallBody.extend({ path: z.string(), plain_path: z.string() });
export type WallMadeBody = z.infer<typeof wallMadeBody>;

/** The 256 random bits of a link. */
export const wallToken = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'is not the token of a wall');
export const wallOpening = z.strictObject({ token: wallToken });

const quantity = { unit: z.string(), per_second: z.boolean() };
/** Names are null where the wall hides them; `number` counts the wall's clusters, by their age, from 1. */
const ofCluster = { number: z.number(), cluster: z.string().nullable() };

/** All that one screen shows at one moment, and nothing it hides. */
export const wallStateBody = z.object({
  /** Of the server's clock. */
  now: z.number(),
  /** Of the running build: another one makes the screen load itself anew. */
  build: z.string(),
  wall: wallSettings.omit({ clusters: true }),
  sentence: sentenceBody,
  clusters: z.array(
    clusterBody
      .pick({ engines: true, state: true, sentence: true, layers: true, last_seen: true })
      .extend({
        ...ofCluster,
        servers: z.number(),
        down: z.number(),
        worst_lag_ms: z.number().nullable(),
        replicas: z.number(),
        load: z.number().nullable(),
      }),
  ),
  alerts: z.array(
    z.object({
      ...ofCluster,
      id: z.string(),
      instance: z.string().nullable(),
      says: textField,
      level: z.enum(['warning', 'critical']),
      fired_at: z.number(),
      value: z.number().nullable(),
      threshold: z.number().nullable(),
      direction: z.enum(['above', 'below']),
      ...quantity,
      data_at: momentField,
      acknowledged: z.boolean(),
      /** Asks for the whole screen: critical, and nobody said that they are on it. */
      takes_screen: z.boolean(),
    }),
  ),
  /** Open ones that users may feel still, the worst first. */
  incidents: z.array(
    z.object({
      ...ofCluster,
      id: z.string(),
      /** People's own words, which may name anything: null where the wall hides names. */
      title: z.string().nullable(),
      severity: z.enum(['warning', 'critical']),
      phase: z.enum(phases),
      started_at: z.number(),
      firing: z.number(),
      /** Critical, and not mitigated. */
      takes_screen: z.boolean(),
    }),
  ),
  /** Firing alerts that are not listed. */
  more_alerts: z.number(),
  evaluated_at: momentField,
  /** The latest first; null where the wall has no such panel. */
  replicas: z
    .array(
      replicaBody
        .pick({ state: true, lag_ms: true, late_ms: true, at: true })
        .extend({ ...ofCluster, replica: z.string().nullable(), rank: z.number() }),
    )
    .nullable(),
  /** What took most of the last 15 minutes; null where the wall has no such panel. */
  statements: z
    .array(
      z.object({
        ...ofCluster,
        /** Null where the wall hides texts; `kind` is SELECT, UPDATE and so on. */
        text: z.string().nullable(),
        kind: z.string(),
        share: z.number().nullable(),
        calls_per_second: z.number().nullable(),
        mean_ms: z.number().nullable(),
      }),
    )
    .nullable(),
});
export type WallStateBody = z.infer<typeof wallStateBody>;
export type WallCluster = WallStateBody['clusters'][number];
export type WallIncident = WallStateBody['incidents'][number];
export type WallAlert = WallStateBody['alerts'][number];

/** Why a screen shows nothing. */
export const wallRefusals = ['revoked', 'expired', 'unknown'] as const;
export type WallRefusal = (typeof wallRefusals)[number];
