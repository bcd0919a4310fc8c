import { hasEnded, isComplete } from '#batches';
import { mapStages, stageNames, type Stage } from '#contracts';
import { batchLinks, showable, type BatchSummary, type BatchView } from '#contracts/http';
import { identityHolds, pendingNotifications } from './accounting.ts';
import type { BatchFacts, NotificationCounts, StageFacts } from './batches.queries.ts';
import { etaSeconds, foresee, type StageProgress } from './progress/eta.ts';

/** Nothing about the batch will change by itself any more. */
export function isSettled(
  { status, boletos }: Pick<BatchFacts, 'status' | 'boletos'>,
  counts: NotificationCounts,
): boolean {
  if (!isComplete(status)) return hasEnded(status);
  return pendingNotifications(boletos, counts) === 0;
}

export function batchView(
  facts: BatchFacts,
  counts: NotificationCounts,
  amountCentavos: bigint | null,
  { baseUrl, now }: { readonly baseUrl: string; readonly now: Date },
): BatchView {
  const { boletos: issued, stages } = facts;
  const notifications = { pending: pendingNotifications(issued, counts), sent: counts.sent, failed: counts.failed };
  const dues = duesOf(facts);
  const finished = mapStages((stage) => hasFinished(stages[stage], dues[stage]));
  return {
    ...commonOf(facts),
    sha256: facts.sha256,
    dialect: facts.dialect,
    columns: facts.columns,
    stages: {
      split: {
        bytesDone: facts.splitAt === null ? facts.splitBytes : facts.bytes,
        bytesTotal: facts.bytes,
        done: facts.splitAt !== null,
      },
      validate: { rowsDone: stages.validate.done, rowsTotal: dues.validate },
      issue: { done: stages.issue.done, total: dues.issue },
      notify: { ...notifications, total: issued },
    },
    boletos: { issued, amountCentavos: amountCentavos?.toString() ?? null },
    notifications,
    eta: { seconds: eta(facts, counts, now) },
    times: {
      receivedAt: facts.receivedAt.toISOString(),
      splitAt: textOf(facts.splitAt),
      validatedAt: textOf(finished.validate ? stages.validate.lastAt : null),
      issuedAt: textOf(finished.issue ? stages.issue.lastAt : null),
      notifiedAt: textOf(isSettled(facts, counts) ? counts.lastAt : null),
      completedAt: textOf(facts.completedAt),
    },
    links: batchLinks(baseUrl, facts.id),
  };
}

export function batchSummary(facts: BatchFacts, baseUrl: string): BatchSummary {
  return {
    ...commonOf(facts),
    boletos: { issued: facts.boletos },
    times: {
      receivedAt: facts.receivedAt.toISOString(),
      splitAt: textOf(facts.splitAt),
      completedAt: textOf(facts.completedAt),
    },
    links: batchLinks(baseUrl, facts.id),
  };
}

function commonOf(facts: BatchFacts) {
  const { rows } = facts;
  return {
    id: facts.id,
    issuerId: facts.issuerId,
    status: facts.status,
    profile: facts.profile,
    mode: facts.mode,
    fileName: showable(facts.fileName),
    bytes: facts.bytes,
    failure: facts.failure,
    rows,
    identityHolds: identityHolds(rows, isComplete(facts.status)),
  };
}

/**
 * How many rows each stage has to do: the first every row read, the next those that the one before accepted. Null while
 * that is not known; 0 for a stage that the mode leaves out.
 */
function duesOf({ rows, mode, stages }: BatchFacts): Readonly<Record<Stage, number | null>> {
  let due = rows.read;
  return mapStages((stage) => {
    const mine = stage !== stageNames[0] && mode === 'validate' ? 0 : due;
    due = hasFinished(stages[stage], mine) ? stages[stage].accepted : null;
    return mine;
  });
}

function hasFinished({ done }: StageFacts, due: number | null): boolean {
  return due !== null && done >= due;
}

/** Null before the file has been read to its end, and when the batch will not be finished. */
function eta(facts: BatchFacts, { sent, failed }: NotificationCounts, now: Date): number | null {
  const { rows, mode, status, splittingAt, receivedAt } = facts;
  if (rows.read === null || (hasEnded(status) && !isComplete(status))) return null;

  const progress: StageProgress[] = [];
  let total = rows.read;
  for (const stage of mode === 'validate' ? stageNames.slice(0, 1) : stageNames) {
    const { done, accepted } = facts.stages[stage];
    progress.push({ done, total });
    const next = foresee(accepted, done, total);
    if (next === null && mode === 'process') return null;
    total = next ?? 0;
  }
  if (mode === 'process') progress.push({ done: sent + failed, total });
  return etaSeconds(progress, splittingAt ?? receivedAt, now);
}

function textOf(instant: Date | null): string | null {
  return instant?.toISOString() ?? null;
}
