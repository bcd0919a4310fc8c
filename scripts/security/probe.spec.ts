import { expect, test } from 'vitest';
import { probes } from './probe.mjs';

/** The faults of the security review. */
const FAULTS = Array.from({ length: 21 }, (_, at) => `F${(at + 1).toString()}`);

test('every fault of the security review has a probe', () => {
  expect([...new Set(probes.map(({ id }) => id))].toSorted()).toEqual(FAULTS.toSorted());
});
