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

test('opens when a provider is away, is unsaved until told, and says each change once', () => {
  const { stage, changes, recordTimes } = breaker();
  recordTimes(7, postpone('SMTP: ECONNREFUSED'));
  expect(changes).toEqual(['notifier.chunks open']);
  expect(stage.isUnsaved).toBe(true);
  stage.saved(stage.state);
  expect(stage.isUnsaved).toBe(false);
});

test('what was decided after it was written is still to be told', () => {
  const { stage, recordTimes } = breaker();
  recordTimes(5, postpone('away'));
  const written = stage.state;
  stage.beginProbing();
  stage.record(postpone('still away'));
  stage.saved(written);
  expect([stage.state.is, stage.isUnsaved]).toEqual(['open', true]);
});

test('no failure of a message itself opens it, nor does too much at once', () => {
  const { stage, recordTimes } = breaker();
  recordTimes(50, retry('450 mailbox busy'));
  recordTimes(50, failed('unknown', 'a bug'));
  recordTimes(50, postpone('our own limit', 'throttled'));
  expect(stage.state.is).toBe('closed');
});

test('what is throttled is no success either: it does not close what is half-open', () => {
  const { stage, recordTimes } = breaker();
  recordTimes(5, postpone('away'));
  stage.beginProbing();
  recordTimes(5, postpone('our own limit', 'throttled'));
  expect(stage.state.is).toBe('half-open');
  recordTimes(2, done);
  expect([stage.state.is, stage.isUnsaved]).toEqual(['closed', true]);
});

test('follows what the processes have agreed upon, whatever its own clock says', () => {
  const { stage, changes } = breaker();
  stage.follow({ reason: 'away', openings: 3, openedAt: -1_000, probeInMs: 60_000 });
  expect([stage.state.is, stage.isUnsaved]).toEqual(['open', false]);
  stage.beginProbing();
  stage.close();
  stage.close();
  expect(changes).toEqual(['notifier.chunks open', 'notifier.chunks half-open', 'notifier.chunks closed']);
});

test('with nothing to try for a minute it closes by itself, and the others are to be told', () => {
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
