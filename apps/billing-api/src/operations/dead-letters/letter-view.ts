import { z } from 'zod';
import { maskForReader, maskText } from '#observability';
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

/** A whole dead letter. A message of ours holds ids only; what a stranger's body holds else is for bodyOf to mask. */
export function detailsView(
  { messageId, headers, error, replayedAs, ...summary }: Omit<LetterDetails, 'body'>,
  shown: { readonly body: string; readonly history: readonly PastAction[]; readonly replays: readonly string[] },
) {
  return {
    ...summaryView(summary),
    messageId,
    body: shown.body,
    error: errorView(error),
    failures: failuresView(headers['x-failures']),
    replayedAs,
    replays: [...shown.replays],
    history: shown.history.map(({ action, operator, at }) => ({ action, operator, at: at.toISOString() })),
  };
}

/** The beginning of a body, as it is and masked. `isPersonal`: the two differ. */
export function bodyOf(body: Buffer): {
  readonly whole: string;
  readonly masked: string;
  readonly isPersonal: boolean;
} {
  const text = body.subarray(0, 4 * BODY_CHARS_MAX).toString('utf8');
  const masked = maskForReader(text);
  return {
    whole: text.slice(0, BODY_CHARS_MAX),
    masked: masked.slice(0, BODY_CHARS_MAX),
    isPersonal: masked !== text,
  };
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
