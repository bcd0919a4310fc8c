import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WakeUp } from './wake-up.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

interface Wait {
  isOver: boolean;
}

/** Starts a wait of 1,000 ms on the test's own clock. */
function waiting(wakeUp: WakeUp, { restMs = 0, signal = new AbortController().signal } = {}): Wait {
  const wait = { isOver: false };
  const run = async (): Promise<void> => {
    await wakeUp.wait(1_000, { restMs, signal });
    wait.isOver = true;
  };
  void run();
  return wait;
}

test('a wait without a call takes its full time, including the rest', async () => {
  const wait = waiting(new WakeUp(), { restMs: 100 });
  await vi.advanceTimersByTimeAsync(999);
  expect(wait.isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(wait.isOver).toBe(true);
});

test('a call ends the wait at once, but not the rest', async () => {
  const wakeUp = new WakeUp();
  const wait = waiting(wakeUp, { restMs: 100 });
  wakeUp.call();
  await vi.advanceTimersByTimeAsync(99);
  expect(wait.isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(wait.isOver).toBe(true);

  const next = waiting(wakeUp, { restMs: 100 });
  await vi.advanceTimersByTimeAsync(200);
  expect(next.isOver).toBe(false);
  wakeUp.call();
  await vi.advanceTimersByTimeAsync(0);
  expect(next.isOver).toBe(true);
});

test('calls before a wait end the next wait only', async () => {
  const wakeUp = new WakeUp();
  wakeUp.call();
  wakeUp.call();
  const first = waiting(wakeUp);
  await vi.advanceTimersByTimeAsync(1);
  expect(first.isOver).toBe(true);
  const second = waiting(wakeUp);
  await vi.advanceTimersByTimeAsync(999);
  expect(second.isOver).toBe(false);
});

test.each([0, 500])('an abort ends the wait, even a rest of %i ms', async (restMs) => {
  const stopping = new AbortController();
  const wait = waiting(new WakeUp(), { restMs, signal: stopping.signal });
  await vi.advanceTimersByTimeAsync(10);
  stopping.abort();
  await vi.advanceTimersByTimeAsync(0);
  expect(wait.isOver).toBe(true);
});
