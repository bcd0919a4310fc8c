import { z } from 'zod';
import { BATCH_STATUSES, MODES } from '#batches';
import type { Stage } from '#contracts';
import { batchLinks } from '#contracts/http';
import { PROFILES } from '#debts-csv';

const count = z.int().min(0);
const instant = z.iso.datetime().nullable();

const rowsSchema = z
  .object({
    read: count
      .nullable()
      .meta({ description: 'Rows of the file; null until its last byte has been seen.', example: 10_000 }),
    accepted: count.meta({ example: 9_600 }),
    duplicate: count.meta({ example: 100 }),
    rejected: count.meta({ example: 300 }),
    dead: count.meta({ example: 0, description: 'Rows that only an operator can deal with.' }),
  })
  .meta({ description: 'read = accepted + duplicate + rejected + dead, once every row was dealt with.' });

/** How far each stage of the rows has come. */
const stageSchemas = {
  validate: z.object({ rowsDone: count, rowsTotal: count.nullable() }),
  issue: z.object({ done: count, total: count.nullable() }),
} satisfies Record<Stage, z.ZodType>;

const stagesSchema = z
  .object({
    split: z.object({ bytesDone: count, bytesTotal: count, done: z.boolean() }),
    ...stageSchemas,
    notify: z.object({ pending: count, sent: count, failed: count, total: count }),
  })
  .meta({
    description:
      'How far each stage has come; a total is null until it is known. The stages work side by side. ' +
      'Counts of notifications may be a second or two old.',
  });

const issuedSchema = z.object({
  issued: count,
  amountCentavos: z.string().nullable().meta({
    description: 'Their sum, in centavos; null for a batch that an earlier version is still issuing.',
    example: '123456789',
  }),
});

const timesSchema = z.object({
  receivedAt: z.iso.datetime(),
  splitAt: instant,
  validatedAt: instant,
  issuedAt: instant,
  notifiedAt: instant.meta({ description: 'When the last notification was settled; null until all are.' }),
  completedAt: instant,
});

const common = {
  id: z.uuid(),
  issuerId: z.uuid(),
  status: z.enum(BATCH_STATUSES),
  profile: z.enum(PROFILES),
  mode: z.enum(MODES),
  fileName: z.string().meta({ example: 'debts.csv' }),
  bytes: count,
  failure: z
    .object({ code: z.string(), message: z.string() })
    .nullable()
    .meta({ description: 'Why the file as a whole could not be processed.' }),
  rows: rowsSchema,
  identityHolds: z
    .boolean()
    .nullable()
    .meta({ description: 'Whether the rows add up; null while it cannot be told yet. Never false.' }),
};

const links = {
  self: z.url(),
  cancel: z.url(),
  events: z.url(),
  results: z.url(),
  rejections: z.url(),
  duplicates: z.url(),
  exports: z.url(),
};

/** GET /v1/batches/{id}, and the data of each server-sent event. */
export const batchSchema = z.object({
  ...common,
  sha256: z.string(),
  dialect: z
    .record(z.string(), z.unknown())
    .nullable()
    .meta({ description: 'How the file is written: delimiter, encoding, decimal separator, dates, line ends.' }),
  columns: z
    .record(z.string(), z.unknown())
    .nullable()
    .meta({ description: 'Which column of the header was taken for which field, and which were ignored.' }),
  stages: stagesSchema,
  boletos: issuedSchema,
  notifications: z.object({ pending: count, sent: count, failed: count }),
  eta: z.object({
    seconds: count.nullable().meta({ description: 'Until everything is done, notifications included; an estimate.' }),
  }),
  times: timesSchema,
  links: z.object(links),
});

const batchSummarySchema = z.object({
  ...common,
  boletos: z.object({ issued: count }),
  times: timesSchema.pick({ receivedAt: true, splitAt: true, completedAt: true }),
  links: z.object(links),
});

/** GET /v1/batches */
export const batchPageSchema = z.object({
  items: z.array(batchSummarySchema),
  nextCursor: z.string().nullable().meta({ description: 'For the next page; null on the last one.' }),
  links: z.object({ self: z.url(), next: z.url().nullable() }),
});

/** POST /v1/batches/{id}/cancel */
export const cancelledSchema = z.object({
  id: z.uuid(),
  status: z.literal('cancelled'),
  done: z
    .object({
      rows: rowsSchema,
      boletos: z.object({ issued: count }),
      notifications: z.object({ sent: count, failed: count }),
    })
    .meta({ description: 'What was done before; it stays done.' }),
  links: z.object(links),
});

const ID = '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e';

export const cancelledExample = {
  id: ID,
  status: 'cancelled',
  done: {
    rows: { read: 10_000, accepted: 4_850, duplicate: 50, rejected: 100, dead: 0 },
    boletos: { issued: 4_000 },
    notifications: { sent: 3_950, failed: 2 },
  },
  links: batchLinks('https://billing.example.com', ID),
};

export type BatchView = z.infer<typeof batchSchema>;
export type BatchSummary = z.infer<typeof batchSummarySchema>;
export type BatchPage = z.infer<typeof batchPageSchema>;
