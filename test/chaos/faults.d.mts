export interface Fault {
  readonly name: string;
  readonly says: string;
}

/** In the order in which they run. */
export const faults: readonly Fault[];
