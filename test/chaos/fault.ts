import type { Chance } from './random.ts';
import type { Services } from './services.ts';
import type { PoisonRow } from './state.ts';
import type { Uploads, WorkFile } from './workload.ts';
import type { World } from './world.ts';

/** One run, as a fault sees it. */
export interface Trial {
  readonly world: World;
  readonly chance: Chance;
  readonly uploads: Uploads;
  readonly files: readonly WorkFile[];
  /** Counted by the fault */
  injected: number;
  /** Rows that are to die */
  readonly poison: PoisonRow[];
  /** Wanted at each named point */
  readonly crashes: number;
}

export interface Fault {
  readonly name: string;
  readonly says: string;
  /** Messages may climb the ladder: the fault is about them */
  readonly spendsAttempts?: boolean;
  /** Parts that it breaks, or that it needs whole: in a pair no other fault may touch them */
  readonly touches?: readonly string[];
  /** Messages are gone with their queue: their work is announced again, in other messages */
  readonly losesMessages?: true;
  /** Why it cannot be done on this machine */
  readonly cannot?: (services: Services) => string | undefined;
  /** The notifier is left out */
  readonly mails?: false;
  /** Its own, not those of the seed */
  readonly files?: (folder: string) => Promise<WorkFile[]>;
  /** Then the apps are not waited for before `inject` */
  readonly beforeLaunch?: (trial: Trial) => Promise<void>;
  /** When it resolves, nothing is wrong any more */
  readonly inject: (trial: Trial) => Promise<void>;
  /** That the system felt it */
  readonly evidence: (trial: Trial) => Promise<Evidence>;
  /** Violations of what only this fault can break */
  readonly violations?: (trial: Trial) => Promise<string[]>;
}

export interface Family {
  readonly name: string;
  readonly says: string;
  /** Faults that the seed chooses */
  readonly drawn: (chance: Chance) => Fault[];
}

/** The evidence that the system felt a fault. */
export interface Evidence {
  readonly felt: boolean;
  readonly text: string;
}

/** Keeps a value of a fault from one of its steps to the next; each run has a value of its own. */
export function keptPerTrial<T>(begin: (trial: Trial) => T): (trial: Trial) => T {
  const all = new WeakMap<Trial, T>();
  return (trial) => {
    const kept = all.get(trial) ?? begin(trial);
    all.set(trial, kept);
    return kept;
  };
}
