import type { ChunkPart, Stage } from '#contracts';

/** A part of a chunk that failed, and the rows of it that are under suspicion. */
export interface Suspicion {
  readonly stage: Stage;
  readonly part: ChunkPart;
  /**
   * The lines on which the part's rows start, ascending; undefined when the file is gone, because then the lines cannot
   * be found.
   */
  readonly lines: readonly number[] | undefined;
}

/**
 * Two parts that share the rows of a part equally and leave none out; undefined when there is nothing to halve. The
 * halves meet between two rows, also where blank lines and quoted newlines are.
 */
export function halve({ part, lines = [] }: Suspicion): readonly [ChunkPart, ChunkPart] | undefined {
  const middle = lines[Math.ceil(lines.length / 2)];
  if (middle === undefined || lines.length < 2) return undefined;
  return [
    { ...part, toLine: middle - 1 },
    { ...part, fromLine: middle },
  ];
}
