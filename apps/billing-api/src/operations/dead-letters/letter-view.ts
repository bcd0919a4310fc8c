import { z } from 'zod';
import { maskText } from '#observability';
import type { LetterDetails, LetterGroup, LetterSummary, PastAction } from './letter.queries.ts';

/** A stranger's message may be anything: so much of it is shown. */
const BODY_CHARS_MAX = 4_000;

const failures = z.array(z.object({ attempt: z.number(), at: z.string(), reason: z.string() }));
const describedError = z.object({ type: z.string(), message: z.string(), stack: z.string().optional() });

/** The summary of a dead letter in a list: everything a person may have typed or a driver quoted is masked. */
export function summaryView(letter: LetterSummary) {
  const { line, reason, firstFailedAt, diedAt, settledAt, ...rest } = letter;
  return {
    ...rest,
    reason: maskText(reason),
    line: line === null ? null : Number(line),
    firstFailedAt: firstFailedAt?.toISOString() ?? null,
    diedAt: diedAt.toISOString(),
    settledAt: settledAt?.toISOString() ?? null,
  };
}

export function groupView({ fingerprint, queue, count, firstDiedAt, lastDiedAt, example }: LetterGroup) {
  return {
    fingerprint,
    queue,
    count: Number(count),
    firstDiedAt: firstDiedAt.toISOString(),
    lastDiedAt: lastDiedAt.toISOString(),
    example: { ...example, reason: maskText(example.reason) },
  };
}

/** A whole dead letter. A message of ours holds ids only; what else stands in a body is masked. */
export function detailsView(
  { messageId, body, headers, error, replayedAs, ...summary }: LetterDetails,
  past: { readonly history: readonly PastAction[]; readonly replays: readonly string[] },
) {
  return {
    ...summaryView(summary),
    messageId,
    body: bodyView(body),
    error: errorView(error),
    failures: failuresView(headers['x-failures']),
    replayedAs,
    replays: [...past.replays],
    history: past.history.map(({ action, operator, at }) => ({ action, operator, at: at.toISOString() })),
  };
}

function bodyView(body: Buffer): string {
  return maskText(body.subarray(0, 4 * BODY_CHARS_MAX).toString('utf8')).slice(0, BODY_CHARS_MAX);
}

function errorView(error: unknown) {
  const parsed = describedError.safeParse(error);
  if (!parsed.success) return null;
  const { type, message, stack } = parsed.data;
  return { type, message: maskText(message), stack: stack === undefined ? null : maskText(stack) };
}

function failuresView(text: unknown) {
  if (typeof text !== 'string') return [];
  try {
    const parsed = failures.safeParse(JSON.parse(text));
    return parsed.success
      ? parsed.data.map(({ attempt, at, reason }) => ({ attempt, at, reason: maskText(reason) }))
      : [];
  } catch {
    return [];
  }
}
