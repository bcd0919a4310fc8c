import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, digestOf, NO_ROOT, rootOf, type SealableEvent } from './digest.ts';

const EVENT: SealableEvent = {
  id: '17',
  at: '2026-11-21T10:00:00.123456Z',
  organizationId: '00000000-0000-4000-8000-000000000001',
  actorKind: 'key',
  actorId: '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e',
  action: 'export.requested',
  targetKind: 'export',
  targetId: '0190f5a6-7c1e-7c3a-9d2e-000000000001',
  requestId: null,
  network: '203.0.113.0/24',
  outcome: 'ok',
  details: { format: 'pdf-zip', batchId: '0190f5a6-7c1e-7c3a-9d2e-000000000002' },
};

describe('canonical JSON', () => {
  test('has the fields of every object in one order, and no spaces', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x y' }], a: true })).toBe('{"a":true,"b":[1,{"c":"x y","d":null}]}');
  });

  test('is the JSON of the same value, however its fields are ordered', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        // -0 has no JSON of its own.
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(JSON.parse(canonicalJson(plain))).toEqual(plain);
        expect(canonicalJson(JSON.parse(canonicalJson(plain)))).toBe(canonicalJson(plain));
      }),
    );
  });
});

test('every field of an event is in its digest', () => {
  const changed = Object.keys(EVENT).map((field) => digestOf({ ...EVENT, [field]: 'another' }).toString('hex'));
  expect(new Set([digestOf(EVENT).toString('hex'), ...changed]).size).toBe(1 + Object.keys(EVENT).length);
});

test('the number, the time, the root before, the ids and the digests are in the root of a seal', () => {
  const head = { seq: 1, at: EVENT.at, prev: NO_ROOT };
  const digests = digestOf(EVENT);
  const roots = [
    rootOf(head, ['17'], digests),
    rootOf({ ...head, seq: 2 }, ['17'], digests),
    rootOf({ ...head, at: '2026-11-21T10:00:00.123457Z' }, ['17'], digests),
    rootOf({ ...head, prev: digests }, ['17'], digests),
    rootOf(head, ['18'], digests),
    rootOf(head, ['17'], digestOf({ ...EVENT, id: '18' })),
  ];
  expect(new Set(roots.map((root) => root.toString('hex'))).size).toBe(roots.length);
});
