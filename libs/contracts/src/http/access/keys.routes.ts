import { z } from 'zod';
import { type RouteSpec } from '../route-spec.ts';

/** A key has 58 characters. */
const KEY_CHARS_MAX = 100;

export const leakedKey = z
  .strictObject({ key: z.string().max(KEY_CHARS_MAX) })
  .meta({ id: 'LeakedKey', example: { key: 'sbk_live_…' } });

const leakedKeyEnded = z
  .object({
    ended: z.boolean().meta({ description: 'False for a key that never was or has ended already.' }),
  })
  .meta({ id: 'LeakedKeyEnded', example: { ended: true } });

export type LeakedKey = z.output<typeof leakedKey>;
export type LeakedKeyEnded = z.output<typeof leakedKeyEnded>;

export const keyRoutes = {
  'POST /v1/api-keys/leaked': {
    servedBy: 'billing-api',
    tag: 'API keys',
    access: { anonymous: 'a finder of a key can do nothing with this but end it' },
    limit: 'leakedKeys',
    operationId: 'endLeakedKey',
    summary: 'End an API key that was found where it should not be',
    description: 'The key itself is the proof. It stops working within five seconds. Ten a minute from one address.',
    body: leakedKey,
    answers: { 200: { description: 'Whether a key was ended.', schema: leakedKeyEnded } },
  },
} as const satisfies Record<string, RouteSpec>;
