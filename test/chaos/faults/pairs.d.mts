import type { Chance } from '../random.mjs';

/** No pair twice; the two of a pair touch nothing in common. */
export function drawPairs<F extends { readonly name: string; readonly touches?: readonly string[] }>(
  candidates: readonly F[],
  count: number,
  chance: Chance,
): [F, F][];
