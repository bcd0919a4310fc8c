import { expect, test } from 'vitest';
import { nextStep, type SubscriptionState } from './next-step.ts';

const consuming: SubscriptionState = {
  isGone: false,
  isStopping: false,
  isPaused: false,
  isConsuming: true,
  isActive: true,
  isSilent: false,
};

test.each<[string, Partial<SubscriptionState>, ReturnType<typeof nextStep>]>([
  ['a consumer that hears something waits', {}, 'wait'],
  ['a silent consumer is renewed', { isSilent: true }, 'renew'],
  ['without a consumer one begins', { isConsuming: false, isActive: false }, 'consume'],
  ['without a consumer silence means nothing', { isConsuming: false, isSilent: true }, 'consume'],
  ['a pause suspends a consumer', { isPaused: true }, 'suspend'],
  ['a pause suspends a silent consumer, it does not renew it', { isPaused: true, isSilent: true }, 'suspend'],
  ['a pause between two consumers is told to the process', { isPaused: true, isConsuming: false }, 'suspend'],
  ['a suspended subscription waits', { isPaused: true, isConsuming: false, isActive: false }, 'wait'],
  ['a stop comes before a pause', { isStopping: true, isPaused: true }, 'stop'],
  ['a stop comes before a renewal', { isStopping: true, isSilent: true }, 'stop'],
  ['a closed channel ends all', { isGone: true, isStopping: true, isPaused: true, isSilent: true }, 'end'],
])('%s', (_, change, step) => {
  expect(nextStep({ ...consuming, ...change })).toBe(step);
});
