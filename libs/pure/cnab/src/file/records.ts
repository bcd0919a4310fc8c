import type { RawEntry } from '../entry/raw-entry.ts';
import type { Line } from './line-text.ts';

/** A lot of 240 columns, or the whole file of 400, with what its trailer can be compared with. */
export interface Section {
  readonly header: Line;
  trailer: Line | undefined;
  /** Lines between header and trailer. */
  details: number;
  readonly entries: RawEntry[];
}

/** The lines of a file by what they are. Each line stands in exactly one place. */
export interface Records {
  readonly header: Line;
  readonly trailer: Line | undefined;
  readonly entries: readonly RawEntry[];
  readonly sections: readonly Section[];
  /** Headers, trailers, blank lines and the lines of lots of another service. */
  readonly structureLines: number;
  /** Lines of lots of another service. */
  readonly foreignLines: readonly Line[];
}
