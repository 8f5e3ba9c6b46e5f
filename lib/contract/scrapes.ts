import { z } from 'zod';
import { lineField, scrapeUrlField, secretField } from './fields';

export const scrapeInput = z.strictObject({
  service: lineField(200).describe('The name under which its requests are shown'),
  environment: lineField(200).nullish().describe('Environments are services of their own'),
  url: scrapeUrlField.describe('Of its /metrics'),
  token: secretField(1000).optional().describe('Sent as bearer token; kept sealed'),
});

export const scrapeBody = z.object({
  id: z.string(),
  service: z.object({ id: z.string(), name: z.string(), environment: z.string() }),
  url: z.string(),
  has_token: z.boolean(),
  /** When it was fetched last, and when that went well. */
  last_at: z.number().nullable(),
  last_ok_at: z.number().nullable(),
  points: z.number().nullable(),
  error: z.object({ code: z.string(), message: z.string(), fix: z.string().nullable() }).nullable(),
});
export type ScrapeBody = z.infer<typeof scrapeBody>;
export const scrapesBody = z.object({ scrapes: z.array(scrapeBody) });
export type ScrapesBody = z.infer<typeof scrapesBody>;
