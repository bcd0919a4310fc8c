import { z } from 'zod';
import { BACK_PRESSURE_CODES, type RouteSpec } from '../route-spec.ts';
import {
  actionHeaders,
  actionListQuery,
  actionPage,
  actionResult,
  actionView,
  groupListQuery,
  groupPage,
  letterDetails,
  letterId,
  letterListQuery,
  letterPage,
  replayRequest,
  selectionRequest,
  startedAction,
} from './dead-letters.schema.ts';

const common = { servedBy: 'billing-api', tag: 'dead letters' } as const;
const ofOne = { ...common, params: z.object({ id: letterId }) } as const;
const action = {
  ...common,
  headers: actionHeaders,
  answers: {
    200: { description: 'Done, or counted', schema: actionResult },
    202: { description: 'Being done in the background, as Prefer: respond-async asks', schema: startedAction },
  },
} as const;

/** The fixed paths stand before the one with an id. */
export const deadLetterRoutes = {
  'GET /v1/dead-letters': {
    ...common,
    access: { needs: 'deadletters:read' },
    operationId: 'listDeadLetters',
    summary: 'Dead letters, newest first, a page at a time',
    query: letterListQuery,
    answers: { 200: { description: 'One page.', schema: letterPage } },
  },
  'GET /v1/dead-letters/groups': {
    ...common,
    access: { needs: 'deadletters:read' },
    operationId: 'groupDeadLetters',
    summary: 'Dead letters by what they died of, the largest groups first',
    query: groupListQuery,
    answers: { 200: { description: 'The groups', schema: groupPage } },
  },
  'GET /v1/dead-letters/actions': {
    ...common,
    access: { needs: 'deadletters:read' },
    operationId: 'listDeadLetterActions',
    summary: 'What operators did with dead letters, newest first',
    query: actionListQuery,
    answers: { 200: { description: 'One page.', schema: actionPage } },
  },
  'GET /v1/dead-letters/actions/{id}': {
    ...ofOne,
    access: { needs: 'deadletters:read' },
    operationId: 'getDeadLetterAction',
    summary: 'One action on dead letters and its progress',
    answers: { 200: { description: 'The action as it is now.', schema: actionView } },
    refusals: { 404: ['DEAD_LETTER_ACTION_NOT_FOUND'] },
  },
  'GET /v1/dead-letters/{id}': {
    ...ofOne,
    access: { needs: 'deadletters:read' },
    operationId: 'getDeadLetter',
    summary: 'One dead letter, with its error, its attempts and what was done to it',
    answers: { 200: { description: 'Found', schema: letterDetails } },
    refusals: { 404: ['DEAD_LETTER_NOT_FOUND'] },
  },
  'POST /v1/dead-letters/replay': {
    ...action,
    access: { needs: 'deadletters:act' },
    operationId: 'replayDeadLetters',
    summary: 'Try the messages of dead letters again',
    description:
      'What was decided when they died is taken back: rows count as dead no more, a batch that had ended is open until ' +
      'they have another outcome. Each letter is replayed once, however often and by how many it is asked for.',
    body: replayRequest,
    refusals: { 503: ['ACTIONS_FULL', ...BACK_PRESSURE_CODES] },
  },
  'POST /v1/dead-letters/discard': {
    ...action,
    access: { needs: 'deadletters:act' },
    operationId: 'discardDeadLetters',
    summary: 'Put dead letters aside',
    description: 'Their rows stay dead. They can be restored.',
    body: selectionRequest,
    refusals: { 503: ['ACTIONS_FULL'] },
  },
  'POST /v1/dead-letters/restore': {
    ...action,
    access: { needs: 'deadletters:act' },
    operationId: 'restoreDeadLetters',
    summary: 'Open discarded dead letters again',
    body: selectionRequest,
    refusals: { 503: ['ACTIONS_FULL'] },
  },
} as const satisfies Record<string, RouteSpec>;
