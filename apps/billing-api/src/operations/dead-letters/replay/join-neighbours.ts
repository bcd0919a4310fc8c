import type { StagedPart } from './part.queries.ts';

/** A part whose rows are dead no more, by the letter that is about it. */
export interface Neighbour extends StagedPart {
  readonly letterId: string;
  readonly rows: number;
}

/** Parts that are tried again as one. */
export interface Joined extends StagedPart {
  /** Two at least. */
  readonly letterIds: readonly string[];
}

/**
 * Parts that meet become one, of at most `rowsMax` rows: the way back from halving, whose halves meet between two rows.
 * Parts with a line between them stay apart, because others may answer for it; a part that is there twice is one. Those
 * that have no neighbour are left out. Pure.
 */
export function joinNeighbours(neighbours: readonly Neighbour[], rowsMax: number): readonly Joined[] {
  const groups: Group[] = [];
  for (const next of neighbours.toSorted(byPlace)) {
    const last = groups.at(-1);
    if (last !== undefined && takes(last, next, rowsMax)) add(last, next);
    else groups.push({ stage: next.stage, part: next.part, latest: next, letterIds: [next.letterId], rows: next.rows });
  }
  return groups
    .filter(({ letterIds }) => letterIds.length > 1)
    .map(({ stage, part, letterIds }) => ({ stage, part, letterIds }));
}

interface Group extends StagedPart {
  part: StagedPart['part'];
  /** The last of its parts. */
  latest: StagedPart;
  readonly letterIds: string[];
  rows: number;
}

function takes(group: Group, next: Neighbour, rowsMax: number): boolean {
  if (!isSameChunk(group, next)) return false;
  return isSameRange(group.latest, next) || (meets(group, next) && group.rows + next.rows <= rowsMax);
}

function add(group: Group, next: Neighbour): void {
  if (!isSameRange(group.latest, next)) group.rows += next.rows;
  group.part = { ...group.part, toLine: next.part.toLine };
  group.latest = next;
  group.letterIds.push(next.letterId);
}

function meets({ part }: StagedPart, next: StagedPart): boolean {
  return part.toLine !== null && part.toLine + 1 === next.part.fromLine;
}

function isSameRange({ part }: StagedPart, next: StagedPart): boolean {
  return part.fromLine === next.part.fromLine && part.toLine === next.part.toLine;
}

function isSameChunk(one: StagedPart, other: StagedPart): boolean {
  return (
    one.stage === other.stage && one.part.batchId === other.part.batchId && one.part.chunkNo === other.part.chunkNo
  );
}

function byPlace(one: StagedPart, other: StagedPart): number {
  return (
    compare(one.stage, other.stage) ||
    compare(one.part.batchId, other.part.batchId) ||
    one.part.chunkNo - other.part.chunkNo ||
    one.part.fromLine - other.part.fromLine ||
    (one.part.toLine ?? Infinity) - (other.part.toLine ?? Infinity)
  );
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
