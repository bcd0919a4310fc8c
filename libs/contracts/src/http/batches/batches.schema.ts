import { z } from 'zod';
import { PROFILES } from '#debts-csv';
import type { Stage } from '../../stages.ts';
import { BATCH_STATUSES, MODES } from '../../statuses.ts';
import { batchLinks } from '../links.ts';
import { pageOf, pageQuery } from '../page.ts';

const count = z.int().min(0);
const instantOrNull = z.iso.datetime().nullable();

const rows = z
  .object({
    read: count
      .nullable()
      .meta({ description: 'Rows of the file; null until its last byte has been seen.', example: 10_000 }),
    accepted: count.meta({ example: 9_600 }),
    duplicate: count.meta({ example: 100 }),
    rejected: count.meta({ example: 300 }),
    dead: count.meta({ example: 0, description: 'Rows that only an operator can deal with.' }),
  })
  .meta({ id: 'Rows', description: 'read = accepted + duplicate + rejected + dead, once every row was dealt with.' });

/** How far each stage of the rows has come. */
const stageFields = {
  validate: z.object({ rowsDone: count, rowsTotal: count.nullable() }),
  issue: z.object({ done: count, total: count.nullable() }),
} satisfies Record<Stage, z.ZodType>;

const stages = z
  .object({
    split: z.object({ bytesDone: count, bytesTotal: count, done: z.boolean() }),
    ...stageFields,
    notify: z.object({ pending: count, sent: count, failed: count, total: count }),
  })
  .meta({
    description:
      'How far each stage has come; a total is null until it is known. The stages work side by side. ' +
      'Counts of notifications may be a second or two old.',
  });

const issued = z.object({
  issued: count,
  amountCentavos: z.string().nullable().meta({
    description: 'Their sum, in centavos; null for a batch that an earlier version is still issuing.',
    example: '123456789',
  }),
});

const times = z.object({
  receivedAt: z.iso.datetime(),
  splitAt: instantOrNull,
  validatedAt: instantOrNull,
  issuedAt: instantOrNull,
  notifiedAt: instantOrNull.meta({ description: 'When the last notification was settled; null until all are.' }),
  completedAt: instantOrNull,
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
  rows,
  identityHolds: z
    .boolean()
    .nullable()
    .meta({ description: 'Whether the rows add up; null while it cannot be told yet. Never false.' }),
};

const links = z
  .object({
    self: z.url(),
    cancel: z.url(),
    events: z.url(),
    results: z.url(),
    rejections: z.url(),
    duplicates: z.url(),
    exports: z.url(),
  })
  .meta({ id: 'BatchLinks' });

/** GET /v1/batches/{id}, and the data of each server-sent event. */
export const batch = z
  .object({
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
    stages,
    boletos: issued,
    notifications: z.object({ pending: count, sent: count, failed: count }),
    eta: z.object({
      seconds: count.nullable().meta({ description: 'Until everything is done, notifications included; an estimate.' }),
    }),
    times,
    links,
  })
  .meta({ id: 'Batch' });

const batchSummary = z
  .object({
    ...common,
    boletos: z.object({ issued: count }),
    times: times.pick({ receivedAt: true, splitAt: true, completedAt: true }),
    links,
  })
  .meta({ id: 'BatchSummary' });

export const batchPage = pageOf(batchSummary).meta({ id: 'BatchPage' });

export const batchListQuery = z.object({
  ...pageQuery({ limitMax: 100, limitDefault: 20 }),
  status: z.enum(BATCH_STATUSES).optional(),
  issuerId: z.uuid().optional(),
});

const ID = '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e';
const exampleLinks = batchLinks('https://billing.example.com', ID);

/** POST /v1/batches/{id}/cancel */
export const cancelledBatch = z
  .object({
    id: z.uuid(),
    status: z.literal('cancelled'),
    done: z
      .object({
        rows,
        boletos: z.object({ issued: count }),
        notifications: z.object({ sent: count, failed: count }),
      })
      .meta({ description: 'What was done before; it stays done.' }),
    links,
  })
  .meta({
    id: 'CancelledBatch',
    example: {
      id: ID,
      status: 'cancelled',
      done: {
        rows: { read: 10_000, accepted: 4_850, duplicate: 50, rejected: 100, dead: 0 },
        boletos: { issued: 4_000 },
        notifications: { sent: 3_950, failed: 2 },
      },
      links: exampleLinks,
    },
  });

/** POST /v1/batches */
export const acceptedBatch = z
  .object({
    id: z.uuid(),
    status: z.enum(BATCH_STATUSES).meta({ description: 'received, or further when the file was sent before' }),
    links,
  })
  .meta({ id: 'AcceptedBatch', example: { id: ID, status: 'received', links: exampleLinks } });

/** The two shapes of a CSV that is answered. */
export const csvQuery = z.object({
  separator: z
    .enum(['comma', 'semicolon'])
    .default('comma')
    .meta({ description: 'semicolon: for Excel in Portuguese, with a BOM and decimal commas. comma: RFC 4180.' }),
});

export type BatchView = z.output<typeof batch>;
export type BatchSummary = z.output<typeof batchSummary>;
export type BatchPage = z.output<typeof batchPage>;
export type BatchListQuery = z.output<typeof batchListQuery>;
export type CsvQuery = z.output<typeof csvQuery>;
