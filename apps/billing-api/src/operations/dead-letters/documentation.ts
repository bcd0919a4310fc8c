import { z } from 'zod';
import { failureClassNames } from '#contracts';
import { refusals } from './replay/refusals.ts';

/* What /docs shows of the answers about dead letters. */

const time = z.iso.datetime();

const summarySchema = z.object({
  id: z.string(),
  queue: z.string(),
  messageName: z.string().nullable(),
  status: z.enum(['open', 'replayed', 'discarded']),
  reason: z.string(),
  failureClass: z.enum(failureClassNames),
  errorType: z.string().nullable(),
  fingerprint: z.string(),
  attempts: z.int().nullable(),
  batchId: z.uuid().nullable(),
  chunkNo: z.int().nullable(),
  line: z.int().nullable().meta({ description: 'The guilty row, once it was isolated.' }),
  firstFailedAt: time.nullable(),
  diedAt: time,
  settledAt: time.nullable().meta({ description: 'When it was replayed or discarded.' }),
  replayOf: z.string().nullable().meta({ description: 'The letter whose replay this is: it failed again.' }),
});

export const listSchema = z.object({
  deadLetters: z.array(summarySchema),
  next: z.string().nullable().meta({ description: 'The `cursor` of the next page; null on the last one.' }),
});

export const groupsSchema = z.object({
  groups: z.array(
    z.object({
      fingerprint: z.string(),
      queue: z.string(),
      count: z.int(),
      firstDiedAt: time,
      lastDiedAt: time,
      example: z.object({ id: z.string(), reason: z.string(), errorType: z.string().nullable() }),
    }),
  ),
});

export const detailsSchema = summarySchema.extend({
  messageId: z.uuid().nullable(),
  body: z.string(),
  error: z.object({ type: z.string(), message: z.string(), stack: z.string().nullable() }).nullable(),
  failures: z
    .array(z.object({ attempt: z.int(), at: time, reason: z.string() }))
    .meta({ description: 'Its latest attempts.' }),
  replayedAs: z
    .uuid()
    .nullable()
    .meta({ description: 'Id of the message that its replay published; neighbours may share it.' }),
  replays: z.array(z.string()).meta({ description: 'Letters that its replay ended in.' }),
  history: z.array(z.object({ action: z.string(), operator: z.string(), at: time })),
});

export const actionSchema = z.object({
  dryRun: z.boolean(),
  matched: z.int().nullable().meta({ description: 'Of a dry run: letters it would be tried on.' }),
  actionId: z.string().nullable(),
  done: z.int().meta({ description: 'Letters it was done to.' }),
  refusals: z.record(z.string(), z.int()).meta({
    description: `Letters that stay as they are, by reason. ${Object.entries(refusals)
      .map(([code, text]) => `${code}: ${text}`)
      .join(' ')}`,
  }),
  refused: z.array(z.object({ id: z.string(), code: z.string() })).meta({ description: 'Twenty of them, at most.' }),
});
