import type { BrokerApi } from './broker-api.mjs';
import type { PoisonRow } from './state.mjs';
import type { WorkFile } from './workload.mjs';

/** What is looked at of a system that has come to rest. */
export interface Observed {
  readonly database: { query(sql: string, values?: readonly unknown[]): Promise<unknown> };
  readonly broker: BrokerApi;
  readonly system: { readonly mailbox: string; readonly storageFolder: string };
  /** Lines of all logs that match. */
  countLogs(pattern: RegExp): number;
  /** What no fault excuses, in words. */
  misbehaviour(): string[];
}

export interface Facts {
  readonly files: readonly WorkFile[];
  /** In the order of the files. */
  readonly batchIds: readonly string[];
  readonly poison: readonly PoisonRow[];
  readonly spendsAttempts: boolean;
  /** Messages were taken out of the broker; their work is looked at, not they. */
  readonly losesMessages?: boolean;
  readonly mails: boolean;
}

/** Each violation is a sentence. */
export function findViolations(world: Observed, facts: Facts): Promise<string[]>;
