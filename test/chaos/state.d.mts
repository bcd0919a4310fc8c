/** All that the work leaves behind that does not depend on who was first. */
export interface State {
  readonly batches: readonly Readonly<Record<string, string | number>>[];
  readonly debts: readonly Readonly<Record<string, string | number | null>>[];
  readonly rejections: readonly Readonly<Record<string, string | number>>[];
}

export interface PoisonRow {
  readonly debtId: string;
  readonly stage: 'validate' | 'issue';
}

export function hashOf(state: State): string;
/** The state that remains when some rows must die. */
export function withoutPoison(state: State, poison: readonly PoisonRow[]): State;
/** The first differences, in words; none when the states are equal. */
export function differences(expected: State, actual: State): string[];
