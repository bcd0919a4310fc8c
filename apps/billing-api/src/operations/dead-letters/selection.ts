import { z } from 'zod';
import { instant, oneLine } from '#contracts/http';

/** Letters named one by one: a selection in somebody's table. */
const IDS_MAX = 1_000;

export const letterId = z.string().regex(/^[1-9]\d{0,17}$/, 'expected the id of a dead letter');

/** What dead letters are found by. Every field that is given has to match. */
export const letterFilter = z
  .strictObject({
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
  })
  .meta({ id: 'DeadLetterFilter' });

export type LetterFilter = z.output<typeof letterFilter>;

export type LetterStatus = 'open' | 'replayed' | 'discarded';

const selectionFields = {
  ids: z.array(letterId).min(1).max(IDS_MAX).optional(),
  filter: letterFilter.optional().meta({ description: 'All that match; `{}` is every one.' }),
  dryRun: z.boolean().default(false).meta({ description: 'Only count them.' }),
};

function isOneSelection({ ids, filter }: { readonly ids?: unknown; readonly filter?: unknown }): boolean {
  return (ids === undefined) !== (filter === undefined);
}

const ONE_SELECTION = 'give either ids or a filter';

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

/** What an action is to be done to. */
export type Selection = { readonly ids: readonly string[] } | { readonly filter: LetterFilter };

export function selectionOf({
  ids,
  filter,
}: {
  readonly ids?: readonly string[] | undefined;
  readonly filter?: LetterFilter | undefined;
}): Selection {
  return ids === undefined ? { filter: filter ?? {} } : { ids };
}
