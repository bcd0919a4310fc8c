import type { Batches, Shares, Stack } from './make-letters.mjs';

export function isAtRest(stack: Stack, batches: Batches, shares: Shares): Promise<boolean>;
export function countEffects(
  stack: Stack,
  batches: Batches,
  shares: Shares,
): Promise<readonly { readonly what: string; readonly expected: number; readonly found: number }[]>;
