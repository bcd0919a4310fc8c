import { expect, test } from 'vitest';
import { Gate, GateFullError } from './gate.ts';

test('two run, the next wait in turn, and the one too many is refused at once', async () => {
  const gate = new Gate({ runningMax: 2, waitingMax: 3 });
  const started: number[] = [];
  const ends: (() => void)[] = [];
  const enter = (id: number): Promise<number> =>
    gate.run(async () => {
      started.push(id);
      await new Promise<void>((resolve) => {
        ends.push(resolve);
      });
      return id;
    });
  const calls = [1, 2, 3, 4, 5].map(enter);

  await expect(enter(6)).rejects.toThrow(GateFullError);
  expect(started).toEqual([1, 2]);

  for (const [at, call] of calls.entries()) {
    ends[at]?.();
    expect(await call).toBe(at + 1);
  }
  expect(started).toEqual([1, 2, 3, 4, 5]);
});

test('a call that fails gives its place back', async () => {
  const gate = new Gate({ runningMax: 1, waitingMax: 0 });

  await expect(gate.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await gate.run(() => Promise.resolve('next'))).toBe('next');
});
