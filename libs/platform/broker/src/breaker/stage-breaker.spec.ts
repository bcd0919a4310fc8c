import { expect, test } from 'vitest';
import { done, failed, postpone, retry, type Outcome } from '../delivery/outcome.ts';
import { StageBreaker } from './stage-breaker.ts';

function breaker() {
  const changes: string[] = [];
  let now = 0;
  const stage = new StageBreaker('notifier.chunks', {
    retryDelaysMs: [5_000, 30_000],
    now: () => now,
    onChange: (queue, { is }) => changes.push(`${queue} ${is}`),
  });
  return {
    stage,
    changes,
    pass: (ms: number) => (now += ms),
    recordTimes: (times: number, outcome: Outcome) => {
      for (let at = 0; at < times; at += 1) stage.record(outcome);
    },
  };
}

test('a breaker opens when a provider is away, is unsaved until saved, and logs each change once', () => {
  const { stage, changes, recordTimes } = breaker();
  recordTimes(7, postpone('SMTP: ECONNREFUSED'));
  expect(changes).toEqual(['notifier.chunks open']);
  expect(stage.isUnsaved).toBe(true);
  stage.saved(stage.state);
  expect(stage.isUnsaved).toBe(false);
});

test('a decision made after a save began is still unsaved', () => {
  const { stage, recordTimes } = breaker();
  recordTimes(5, postpone('away'));
  const written = stage.state;
  stage.beginProbing();
  stage.record(postpone('still away'));
  stage.saved(written);
  expect([stage.state.is, stage.isUnsaved]).toEqual(['open', true]);
});

test('a breaker stays closed for failures of messages themselves and for throttling', () => {
  const { stage, recordTimes } = breaker();
  recordTimes(50, retry('450 mailbox busy'));
  recordTimes(50, failed('unknown', 'a bug'));
  recordTimes(50, postpone('our own limit', 'throttled'));
  expect(stage.state.is).toBe('closed');
});

test('throttling is no success and does not close a half-open breaker', () => {
  const { stage, recordTimes } = breaker();
  recordTimes(5, postpone('away'));
  stage.beginProbing();
  recordTimes(5, postpone('our own limit', 'throttled'));
  expect(stage.state.is).toBe('half-open');
  recordTimes(2, done);
  expect([stage.state.is, stage.isUnsaved]).toEqual(['closed', true]);
});

test('a breaker follows the shared state, whatever its own clock says', () => {
  const { stage, changes } = breaker();
  stage.follow({ reason: 'away', openings: 3, openedAt: -1_000, probeInMs: 60_000 });
  expect([stage.state.is, stage.isUnsaved]).toEqual(['open', false]);
  stage.beginProbing();
  stage.close();
  stage.close();
  expect(changes).toEqual(['notifier.chunks open', 'notifier.chunks half-open', 'notifier.chunks closed']);
});

test('a breaker closes by itself after a minute without deliveries, and is then unsaved', () => {
  const { stage, pass, recordTimes } = breaker();
  recordTimes(5, postpone('away'));
  pass(5_000);
  stage.beginProbing();
  pass(59_999);
  stage.look();
  expect(stage.state.is).toBe('half-open');
  pass(1);
  stage.look();
  expect([stage.state.is, stage.isUnsaved]).toEqual(['closed', true]);
});
