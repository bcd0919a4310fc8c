import { z } from 'zod';

/** The longest cursor of ours, an issuer's name of 120 characters of three bytes and its id in base64, is shorter. */
const CURSOR_CHARS_MAX = 600;

/** The one shape of a list: some of the things, and the cursor of those after them. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().meta({ description: 'The `cursor` of the next page; null on the last one.' }),
  });
}

/** The parameters that every list takes. */
export function pageQuery({ limitMax, limitDefault }: { readonly limitMax: number; readonly limitDefault: number }) {
  return {
    limit: z.coerce.number().int().min(1).max(limitMax).default(limitDefault).meta({ description: 'Items a page.' }),
    cursor: z
      .string()
      .max(CURSOR_CHARS_MAX)
      .optional()
      .meta({ description: 'The nextCursor of the page before, as it is.' }),
  };
}
