/** A seeded source of chance. */
export class Chance {
  constructor(seed: number);
  /** From 0, included, to 1, excluded. */
  next(): number;
  between(low: number, high: number): number;
  pick<T>(list: readonly T[]): T;
  shuffle<T>(list: readonly T[]): T[];
}
