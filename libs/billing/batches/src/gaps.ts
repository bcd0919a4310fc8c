/** The lines of a part: from one to another, both included; null is the end of the chunk. */
export interface Lines {
  readonly fromLine: number;
  readonly toLine: number | null;
}

/** The parts of `whole` that none of `done` covers, rising. `done` is in any order. Pure. */
export function gapsOf(whole: Lines, done: readonly Lines[]): readonly Lines[] {
  const gaps: Lines[] = [];
  let next: number | null = whole.fromLine;
  for (const { fromLine, toLine } of done.toSorted((one, other) => one.fromLine - other.fromLine)) {
    if (next === null || isPast(fromLine, whole)) break;
    if (fromLine > next) gaps.push({ fromLine: next, toLine: fromLine - 1 });
    next = toLine === null ? null : Math.max(next, toLine + 1);
  }
  if (next !== null && !isPast(next, whole)) gaps.push({ fromLine: next, toLine: whole.toLine });
  return gaps;
}

function isPast(line: number, { toLine }: Lines): boolean {
  return toLine !== null && line > toLine;
}
