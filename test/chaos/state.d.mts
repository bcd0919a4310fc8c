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

/** Whatever answers SQL with rows. */
export interface StateSource {
  readonly database: { query(sql: string): Promise<unknown> };
}

/** The final state, normalised. @param batchIds in the order of the files */
export function readState(source: StateSource, batchIds: readonly string[]): Promise<State>;
export function hashOf(state: State): string;
/** The state that remains when some rows must die. */
export function withoutPoison(state: State, poison: readonly PoisonRow[]): State;
/** The first differences, in words; none when the states are equal. */
export function differences(expected: State, actual: State): string[];
