export interface Stack {
  readonly query: (sql: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;
  readonly system: { readonly storageFolder: string; readonly mailbox: string };
}

export interface Shares {
  readonly rows: number;
  readonly debts: number;
  readonly emails: number;
}

/** The batch of each kind; none of no e-mails. */
export interface Batches {
  readonly rows: string;
  readonly debts: string;
  readonly emails: string | null;
}

export function sharesOf(letters: number): Shares;
export function makeLetters(stack: Stack, shares: Shares): Promise<Batches>;
