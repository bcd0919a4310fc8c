import { expect, test } from 'vitest';
import { summary, tableOf, type Row } from './table.ts';

const kept: Row = {
  fault: 'kill',
  injected: 14,
  violations: [],
  evidence: '6 redeliveries',
  recoverySeconds: 7.44,
  seconds: 31.6,
  copies: 35,
  hash: 'a',
  expectedHash: 'a',
};
const broken: Row = { ...kept, fault: 'smtp', injected: 3, violations: ['2 e-mails were not sent'], hash: 'b' };

test('the table has a line for each run, and its columns are as wide as what is in them', () => {
  expect(tableOf([kept, broken])).toMatchInlineSnapshot(`
    "fault  runs  injected  violations  state      recovery s  run s  e-mail copies  felt as
    kill      1        14           0  equal             7.4     32             35  6 redeliveries
    smtp      1         3           1  DIFFERENT         7.4     32             35  6 redeliveries"
  `);
});

test('the summary adds up what was injected and violated, and has no other keys', () => {
  expect(summary(7, [kept, kept])).toEqual({ seed: 7, faultsInjected: 28, violations: 0, stateHashEqual: true });
  expect(summary(7, [kept, broken])).toEqual({ seed: 7, faultsInjected: 17, violations: 1, stateHashEqual: false });
});
