import { z } from 'zod';
import { failureClassNames } from '../../failure-classes.ts';
import { LETTER_ACTIONS, LETTER_STATUSES } from '../../statuses.ts';
import { pageOf, pageQuery } from '../page.ts';
import { instant, oneLine } from '../texts.ts';
import { refusals } from './letter-refusals.ts';

/** Letters named one by one: a selection in a table of a page. */
const IDS_MAX = 1_000;
const PAGE_MAX = 500;

const time = z.iso.datetime();
const count = z.int().min(0);

/** The id of a dead letter, or of an action on dead letters. */
export const letterId = z.string().regex(/^[1-9]\d{0,17}$/, 'expected the id of a dead letter');

const filterFields = {
  queue: oneLine().min(1).max(255).optional().meta({ description: 'The queue it died in.' }),
  batchId: z.uuid().optional(),
  fingerprint: z
    .string()
    .regex(/^[0-9a-f]{16}$/, 'expected 16 hexadecimal digits')
    .optional()
    .meta({ description: 'The same for letters that died of the same.' }),
  reason: oneLine().min(1).max(200).optional().meta({ description: 'A part of the reason, in any case.' }),
  from: instant.optional().meta({ description: 'Died at this instant or later.' }),
  to: instant.optional().meta({ description: 'Died before this instant.' }),
};

/** The conditions that dead letters are found by. Every field that is given has to match. */
const letterFilter = z.strictObject(filterFields);

export type LetterFilter = z.output<typeof letterFilter>;

const status = z.enum([...LETTER_STATUSES, 'any']).default('open');

export const letterListQuery = z.strictObject({
  ...filterFields,
  status,
  ...pageQuery({ limitMax: PAGE_MAX, limitDefault: 50 }),
});

export const groupListQuery = z.strictObject({
  ...filterFields,
  status,
  ...pageQuery({ limitMax: PAGE_MAX, limitDefault: 100 }),
});

const letterSummary = z
  .object({
    id: z.string(),
    queue: z.string(),
    messageName: z.string().nullable(),
    status: z.enum(LETTER_STATUSES),
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
  })
  .meta({ id: 'DeadLetterSummary' });

export const letterPage = pageOf(letterSummary).meta({ id: 'DeadLetterPage' });

export const groupPage = pageOf(
  z
    .object({
      fingerprint: z.string(),
      queue: z.string(),
      count: z.int(),
      firstDiedAt: time,
      lastDiedAt: time,
      example: z.object({ id: z.string(), reason: z.string(), errorType: z.string().nullable() }),
    })
    .meta({ id: 'DeadLetterGroup' }),
).meta({ id: 'DeadLetterGroupPage' });

export const letterDetails = letterSummary
  .extend({
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
    history: z.array(z.object({ action: z.enum(LETTER_ACTIONS), operator: z.string(), at: time })),
  })
  .meta({ id: 'DeadLetter' });

/** An instant as it was answered, to the microsecond: letters that died after it stay out. */
const asOf = z.iso
  .datetime()
  .max(40)
  .refine((text) => !text.startsWith('0000'), 'must be of the years 0001 to 9999')
  .meta({ description: 'Letters that died after this instant stay out. Take it from the dry run.' });

const selectionFields = {
  ids: z.array(letterId).min(1).max(IDS_MAX).optional(),
  filter: letterFilter
    .refine((given) => Object.keys(given).length > 0, 'is empty: give a field, or all: true instead of a filter')
    .optional()
    .meta({ description: 'All that match. At least one field.' }),
  all: z.literal(true).optional().meta({ description: 'Every dead letter, instead of ids or a filter.' }),
  asOf: asOf.optional(),
  dryRun: z.boolean().default(false).meta({ description: 'Only count them.' }),
};

interface Selected {
  readonly ids?: unknown;
  readonly filter?: unknown;
  readonly all?: unknown;
}

function isOneSelection({ ids, filter, all }: Selected): boolean {
  return [ids, filter, all].filter((each) => each !== undefined).length === 1;
}

const ONE_SELECTION = 'give one of ids, a filter, or all: true';

export const selectionRequest = z
  .strictObject(selectionFields)
  .refine(isOneSelection, ONE_SELECTION)
  .meta({ id: 'DeadLetterSelection', example: { filter: { fingerprint: '0123456789abcdef' }, dryRun: true } });

export const replayRequest = z
  .strictObject({
    ...selectionFields,
    perSecond: z
      .int()
      .min(1)
      .max(10_000)
      .default(1_000)
      .meta({ description: 'The messages of so many letters are published in a second, at most.' }),
  })
  .refine(isOneSelection, ONE_SELECTION)
  .meta({ id: 'DeadLetterReplay', example: { filter: { fingerprint: '0123456789abcdef' }, perSecond: 50 } });

export type SelectionRequest = z.output<typeof selectionRequest>;

export const actionHeaders = z.object({
  Prefer: z.string().optional().meta({
    description: 'respond-async: answer 202 at once, and do it in the background.',
    example: 'respond-async',
  }),
});

const refusalCounts = z.record(z.string(), z.int()).meta({
  description: `Letters that stay as they are, by reason. ${Object.entries(refusals)
    .map(([code, text]) => `${code}: ${text}`)
    .join(' ')}`,
});

const refusedLetters = z
  .array(z.object({ id: z.string(), code: z.string() }))
  .meta({ description: 'Twenty of them, at most.' });

export const actionResult = z
  .object({
    dryRun: z.boolean(),
    asOf: asOf.meta({ description: 'The letters are those that had died by then. Give it to the action.' }),
    matched: z.int().nullable().meta({ description: 'Of a dry run: letters it would be tried on.' }),
    actionId: z.string().nullable(),
    done: z.int().meta({ description: 'Letters it was done to.' }),
    refusals: refusalCounts,
    refused: refusedLetters,
  })
  .meta({ id: 'DeadLetterActionResult' });

export const startedAction = z.object({ actionId: z.string(), links: z.object({ self: z.url() }) }).meta({
  id: 'StartedDeadLetterAction',
  example: { actionId: '7', links: { self: 'https://billing.example.com/v1/dead-letters/actions/7' } },
});

/** An action is interrupted when the process that ran it is gone: repeating it does the rest. */
const ACTION_STATES = ['running', 'finished', 'interrupted'] as const;

export const actionView = z
  .object({
    id: z.string(),
    action: z.enum(LETTER_ACTIONS),
    operator: z.string(),
    asOf,
    perSecond: z.int().nullable(),
    matched: count.nullable().meta({ description: 'Letters it is for; null for an action of an earlier version.' }),
    done: count.meta({ description: 'Letters it was done to, so far.' }),
    refusals: refusalCounts,
    refused: refusedLetters,
    state: z.enum(ACTION_STATES).meta({
      description:
        'interrupted: nothing has been done for a minute, because its process is gone. Repeat it: the rest is done.',
    }),
    startedAt: time,
    finishedAt: time.nullable(),
    links: z.object({ self: z.url() }),
  })
  .meta({ id: 'DeadLetterAction' });

export const actionPage = pageOf(actionView).meta({ id: 'DeadLetterActionPage' });

export const actionListQuery = z.strictObject(pageQuery({ limitMax: 200, limitDefault: 50 }));

export type LetterView = z.output<typeof letterDetails>;
export type ActionView = z.output<typeof actionView>;
export type ActionResultView = z.output<typeof actionResult>;
export type StartedActionView = z.output<typeof startedAction>;
