import { MEDIA_BOX } from '../assembly/template.ts';

/**
 * The most kids of a node. A reader walks from the root to a page: one of a million pages takes four steps, not a
 * million.
 */
export const KIDS_MAX = 256;

/** Pages whose objects have consecutive numbers. */
export interface Leaf {
  /** The number of the node. */
  readonly number: number;
  /** The number of the first page. */
  readonly first: number;
  readonly pages: number;
}

interface Node {
  readonly number: number;
  readonly pages: number;
  readonly kids: () => readonly number[];
}

/**
 * The nodes above pages (ISO 32000-1, 7.7.3) with their numbers. The root comes last. `reserve` numbers the nodes above
 * the leaves.
 * @param leaves at least one; each but the last has KIDS_MAX pages.
 */
export function* pageTree(leaves: readonly Leaf[], reserve: () => number): Generator<readonly [number, string]> {
  let level: readonly Node[] = leaves.map(({ number, first, pages }) => ({
    number,
    pages,
    kids: () => Array.from({ length: pages }, (_, at) => first + at),
  }));
  while (level.length > 1) {
    const above: Node[] = [];
    for (let at = 0; at < level.length; at += KIDS_MAX) {
      const below = level.slice(at, at + KIDS_MAX);
      const parent: Node = {
        number: reserve(),
        pages: below.reduce((sum, { pages }) => sum + pages, 0),
        kids: () => below.map(({ number }) => number),
      };
      for (const node of below) yield [node.number, nodeOf(node, `/Parent ${parent.number.toString()} 0 R`)];
      above.push(parent);
    }
    level = above;
  }
  // Its pages inherit the size from the root.
  for (const root of level) yield [root.number, nodeOf(root, MEDIA_BOX)];
}

function nodeOf({ pages, kids }: Node, entry: string): string {
  const references = kids().map((number) => `${number.toString()} 0 R`);
  return `<</Type/Pages${entry}/Count ${pages.toString()}/Kids[${references.join(' ')}]>>`;
}
