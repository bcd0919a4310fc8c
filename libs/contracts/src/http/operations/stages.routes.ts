import { z } from 'zod';
import { queueNames } from '../../topology.ts';
import { pageOf, pageQuery } from '../page.ts';
import { type RouteSpec } from '../route-spec.ts';
import { oneLine } from '../texts.ts';

const count = z.int().min(0);

const stageView = z
  .object({
    stage: z.string().meta({ example: 'boleto-generator.chunks' }),
    broker: z
      .object({
        ready: count,
        unacked: count.meta({ description: 'Delivered, and not settled yet.' }),
        consumers: count,
        perSecond: z.number().meta({ description: 'Messages settled in a second, recently.' }),
      })
      .nullable()
      .meta({ description: 'Null where RABBITMQ_MANAGEMENT_URL is not set or does not answer.' }),
    openDeadLetters: count,
    lost: z.object({ missing: count, recovered: count }).meta({
      description:
        'Messages that were found nowhere and were published again: `recovered` in the last week, `missing` still.',
    }),
    paused: z
      .object({ by: z.string(), reason: z.string().nullable(), at: z.iso.datetime() })
      .nullable()
      .meta({ description: 'The decision of an operator; null while the stage works.' }),
    breaker: z
      .object({
        state: z.enum(['open', 'half-open']),
        reason: z.string(),
        openings: count,
        openedAt: z.iso.datetime(),
        probeAt: z.iso.datetime(),
      })
      .nullable()
      .meta({ description: 'A provider is away, one message is tried at `probeAt`; null while closed.' }),
  })
  .meta({ id: 'Stage' });

const stagePage = pageOf(stageView).meta({ id: 'StagePage' });

export const stageListQuery = z.strictObject(pageQuery({ limitMax: 200, limitDefault: 200 }));

export const pauseRequest = z
  .strictObject({ reason: oneLine().trim().min(1).max(200).optional() })
  .meta({ id: 'StagePause', example: { reason: 'the mail server is being moved' } });

const stageSwitched = z
  .object({ stage: z.enum(queueNames), paused: z.boolean() })
  .meta({ id: 'StageSwitched', example: { stage: 'notifier.recipients', paused: true } });

const backlogPage = pageOf(
  z
    .object({
      name: z.string().meta({ example: 'chunk.validated.v1' }),
      pending: count,
      due: count.meta({ description: 'Those of them that are to be published now.' }),
      oldestSeconds: count.meta({ description: 'For how long the oldest has been due.' }),
    })
    .meta({ id: 'OutboxBacklog' }),
).meta({ id: 'OutboxPage' });

export const backlogListQuery = z.strictObject(pageQuery({ limitMax: 200, limitDefault: 200 }));

export type StageView = z.output<typeof stageView>;
export type StagePage = z.output<typeof stagePage>;
export type StageSwitched = z.output<typeof stageSwitched>;
export type BacklogPage = z.output<typeof backlogPage>;

const common = { servedBy: 'billing-api', tag: 'stages' } as const;
const ofOne = {
  ...common,
  params: z.object({ stage: z.enum(queueNames) }),
  refusals: { 404: ['STAGE_NOT_FOUND'] },
} as const;

export const stageRoutes = {
  'GET /v1/stages': {
    ...common,
    access: { needs: 'stages:read' },
    operationId: 'listStages',
    summary: 'Every stage: how much waits, who works on it, what died, whether it is paused or waits for a provider',
    query: stageListQuery,
    answers: { 200: { description: 'The stages, in the order of the work', schema: stagePage } },
  },
  'POST /v1/stages/{stage}/pause': {
    ...ofOne,
    access: { needs: 'stages:act' },
    operationId: 'pauseStage',
    summary: 'Pause a stage',
    description: 'Its workers finish what they have in hand and take nothing new, also after a restart, until resumed.',
    body: pauseRequest,
    answers: { 200: { description: 'Paused; workers see it within two seconds', schema: stageSwitched } },
  },
  'POST /v1/stages/{stage}/resume': {
    ...ofOne,
    access: { needs: 'stages:act' },
    operationId: 'resumeStage',
    summary: 'Resume a stage',
    description: 'Resuming one that is not paused changes nothing.',
    answers: { 200: { description: 'Resumed; workers see it within two seconds', schema: stageSwitched } },
  },
  'GET /v1/outbox': {
    ...common,
    access: { needs: 'outbox:read' },
    operationId: 'listOutbox',
    summary: 'What waits to be published, by message',
    description: 'Replays that are spread over time are pending and not due.',
    query: backlogListQuery,
    answers: { 200: { description: 'The backlog', schema: backlogPage } },
  },
} as const satisfies Record<string, RouteSpec>;
