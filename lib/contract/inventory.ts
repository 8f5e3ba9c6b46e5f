import { z } from 'zod';
import { momentField } from './fields';
import { reasonBody } from './instances';

const settingBody = z.object({
  name: z.string(),
  /** With its unit; null when it is not told, see `hidden`. */
  value: z.string().nullable(),
  hidden: z.enum(['secret', 'connection']).nullable(),
  default: z.string().nullable(),
  /** Whether it differs from what is built in. */
  changed: z.boolean(),
  source: z.string(),
  context: z.string(),
  category: z.string(),
  description: z.string(),
  /** Changed in the configuration, in force only after a restart. */
  pending_restart: z.boolean(),
});

export const settingsBody = z.object({
  instance: z.string(),
  /** When they were read; null when they never could be. */
  at: momentField,
  version: z.string().nullable(),
  version_number: z.number().nullable(),
  /** The last day its major version gets fixes; null when that is not known. */
  supported_until: momentField,
  settings: z.array(settingBody),
  overrides: z.array(
    z.object({
      database: z.string().nullable(),
      role: z.string().nullable(),
      name: z.string(),
      value: z.string().nullable(),
    }),
  ),
  extensions: z.array(
    z.object({
      name: z.string(),
      installed: z.string().nullable(),
      available: z.string().nullable(),
    }),
  ),
  /** Of settings and extensions, the newest first. */
  changes: z.array(
    z.object({
      at: z.number(),
      kind: z.enum(['setting_changed', 'extension_changed']),
      name: z.string(),
      from: z.string().nullable(),
      to: z.string().nullable(),
    }),
  ),
  /** Why they could not be read since `at`. */
  unavailable: reasonBody.nullable(),
});
export type SettingsBody = z.infer<typeof settingsBody>;
