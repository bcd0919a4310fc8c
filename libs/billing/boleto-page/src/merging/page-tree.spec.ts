import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KIDS_MAX, pageTree, type Leaf } from './page-tree.ts';

interface Node {
  readonly parent: number | undefined;
  readonly count: number;
  readonly kids: readonly number[];
}

/** Leaves as in a file: their pages have consecutive numbers, and other objects lie between them. */
function leavesOf(pages: number): readonly Leaf[] {
  return Array.from({ length: Math.ceil(pages / KIDS_MAX) }, (_, at) => ({
    number: 1 + at * (KIDS_MAX + 7),
    first: 5 + at * (KIDS_MAX + 7),
    pages: Math.min(KIDS_MAX, pages - at * KIDS_MAX),
  }));
}

function nodeOf(dictionary: string): Node {
  const parent = /\/Parent (\d+) 0 R/.exec(dictionary)?.[1];
  const kids = /\/Kids\[(.*)\]/.exec(dictionary)?.[1] ?? '';
  return {
    parent: parent === undefined ? undefined : Number(parent),
    count: Number(/\/Count (\d+)/.exec(dictionary)?.[1]),
    kids: Array.from(kids.matchAll(/(\d+) 0 R/g), ([, number]) => Number(number)),
  };
}

/** The pages below a node, in order. Checks on the way the entries that a reader relies on. */
function pagesBelow(nodes: ReadonlyMap<number, Node>, number: number, parent: number | undefined): readonly number[] {
  const node = nodes.get(number);
  if (node === undefined) return [number];
  const pages = node.kids.flatMap((kid) => pagesBelow(nodes, kid, number));
  expect(node).toMatchObject({ parent, count: pages.length });
  expect(node.kids.length).toBeLessThanOrEqual(KIDS_MAX);
  return pages;
}

test('every page is found from the root in order, however many pages there are', () => {
  const sizes = fc.oneof(fc.integer({ min: 1, max: 1_000 }), fc.constantFrom(256, 257, 65_536, 65_537, 200_000));
  fc.assert(
    fc.property(sizes, (size) => {
      const leaves = leavesOf(size);
      let next = 1_000_000;
      const written = [...pageTree(leaves, () => (next += 1))];
      const nodes = new Map(written.map(([number, dictionary]) => [number, nodeOf(dictionary)]));
      expect(nodes.size).toBe(written.length);
      const [root = 0] = written.at(-1) ?? [];
      expect(pagesBelow(nodes, root, undefined)).toEqual(
        leaves.flatMap(({ first, pages }) => Array.from({ length: pages }, (_, at) => first + at)),
      );
    }),
    { numRuns: 30 },
  );
});
