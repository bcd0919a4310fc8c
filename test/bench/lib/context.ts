import type { Log } from '#scripts/lib/run/log.mjs';
import type { Run } from '#scripts/lib/run/run.mjs';

export const profiles = ['lenient', 'strict'] as const;

/** The yardstick's file, or a realistic one. */
export type Profile = (typeof profiles)[number];

/** The command line of scripts/bench.mjs; each bench reads the options that are its own. */
export interface BenchOptions {
  readonly profile: Profile;
  /** Rows of the file. */
  readonly rows: number;
  /** Each with a stack of its own. */
  readonly runs?: number | undefined;
  /** Processes of chunk-validator. */
  readonly validators: number;
  /** Processes of boleto-generator. */
  readonly generators: number;
  /** False: chunk-validator runs with FAST_PATHS=off. */
  readonly fastPaths: boolean;
  /** Also hashes what the file leaves in the database; takes seconds and memory for a large one. */
  readonly hash: boolean;
  readonly skipFloor: boolean;
  /** Folder for CPU profiles; statements of PostgreSQL are told as well. */
  readonly cpuProf?: string | undefined;
  /** Holds the last stack up until Ctrl-C, for a look at its database. */
  readonly keep: boolean;
  /** Writes docs/performance/<profile>-<rows>.json, of which the plots are made. */
  readonly save: boolean;
  readonly letters: number;
  /** Size, in MB, of the file that is sent with the gateway and without it. */
  readonly uploadMb: number;
}

export interface BenchContext {
  readonly log: Log;
  readonly run: Run;
  readonly options: BenchOptions;
}
