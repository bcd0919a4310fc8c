import type { LetterFilter, SelectionRequest } from '#contracts/http';

/** The conditions that letters are found by: a filter, and the instant after whose deaths it does not look. */
export interface LetterSearch extends LetterFilter {
  readonly asOf?: string | undefined;
}

/** The letters that an action is for. */
export type Selection = { readonly ids: readonly string[] } | { readonly filter: LetterSearch };

/** `asOf` means nothing to letters that are named: each was dead before it had an id. */
export function selectionOf({ ids, filter, asOf }: SelectionRequest): Selection {
  if (ids !== undefined) return { ids: [...new Set(ids)] };
  return { filter: { ...filter, ...(asOf === undefined ? {} : { asOf }) } };
}
