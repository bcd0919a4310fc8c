import { batchLinks, showable } from '#contracts/http';
import { accountForRows, identityHolds, pendingNotifications } from './accounting.ts';
import type { BatchSummary, BatchView } from './batch.schema.ts';
import type { BatchFacts, NotificationCounts } from './batches.queries.ts';
import { etaSeconds, foresee, type StageProgress } from './eta.ts';

/** All rows were dealt with: the batch says so itself. */
function isComplete({ status }: Pick<BatchFacts, 'status'>): boolean {
  return status === 'completed' || status === 'completed_with_rejections';
}

/** Nothing will be added to the batch any more; its notifications may still be on their way. */
export function hasEnded({ status }: Pick<BatchFacts, 'status'>): boolean {
  return isComplete({ status }) || status === 'failed' || status === 'cancelled';
}

/** Nothing about the batch will change by itself any more. */
export function isSettled(facts: Pick<BatchFacts, 'status' | 'issue'>, counts: NotificationCounts): boolean {
  if (!isComplete(facts)) return hasEnded(facts);
  return pendingNotifications(facts.issue.accepted, counts) === 0;
}

export function batchView(
  facts: BatchFacts,
  counts: NotificationCounts,
  amountCentavos: bigint | null,
  { baseUrl, now }: { readonly baseUrl: string; readonly now: Date },
): BatchView {
  const issued = facts.issue.accepted;
  const notifications = { pending: pendingNotifications(issued, counts), sent: counts.sent, failed: counts.failed };
  const done = stagesDone(facts);
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
      validate: { rowsDone: facts.validate.rows, rowsTotal: facts.rowsRead },
      issue: { done: facts.issue.rows, total: issueTotal(facts, done.validate) },
      notify: { ...notifications, total: issued },
    },
    boletos: { issued, amountCentavos: amountCentavos?.toString() ?? null },
    notifications,
    eta: { seconds: eta(facts, counts, now) },
    times: {
      receivedAt: facts.receivedAt.toISOString(),
      splitAt: textOf(facts.splitAt),
      validatedAt: textOf(done.validate ? facts.validate.lastAt : null),
      issuedAt: textOf(done.issue ? facts.issue.lastAt : null),
      notifiedAt: textOf(isSettled(facts, counts) ? counts.lastAt : null),
      completedAt: textOf(facts.completedAt),
    },
    links: batchLinks(baseUrl, facts.id),
  };
}

export function batchSummary(facts: BatchFacts, baseUrl: string): BatchSummary {
  return {
    ...commonOf(facts),
    boletos: { issued: facts.issue.accepted },
    times: {
      receivedAt: facts.receivedAt.toISOString(),
      splitAt: textOf(facts.splitAt),
      completedAt: textOf(facts.completedAt),
    },
    links: batchLinks(baseUrl, facts.id),
  };
}

function commonOf(facts: BatchFacts) {
  const rows = accountForRows(facts.rowsRead, facts.validate, facts.issue);
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
    identityHolds: identityHolds(rows, isComplete(facts)),
  };
}

function stagesDone({ rowsRead, mode, validate, issue }: BatchFacts) {
  const validated = rowsRead !== null && validate.rows >= rowsRead;
  return { validate: validated, issue: validated && mode === 'process' && issue.rows >= validate.accepted };
}

/** Every accepted row gets a boleto, so their number is known once every row has been validated. */
function issueTotal({ mode, validate }: BatchFacts, validated: boolean): number | null {
  if (mode === 'validate') return 0;
  return validated ? validate.accepted : null;
}

/** Null before the file has been read to its end, and when the batch will not be finished. */
function eta(facts: BatchFacts, { sent, failed }: NotificationCounts, now: Date): number | null {
  const { rowsRead, validate, issue, status, splittingAt, receivedAt } = facts;
  if (rowsRead === null || status === 'failed' || status === 'cancelled') return null;

  const stages: StageProgress[] = [{ done: validate.rows, total: rowsRead }];
  if (facts.mode === 'process') {
    const debts = foresee(validate.accepted, validate.rows, rowsRead);
    const boletos = debts === null ? null : foresee(issue.accepted, issue.rows, debts);
    if (debts === null || boletos === null) return null;
    stages.push({ done: issue.rows, total: debts }, { done: sent + failed, total: boletos });
  }
  return etaSeconds(stages, splittingAt ?? receivedAt, now);
}

function textOf(instant: Date | null): string | null {
  return instant?.toISOString() ?? null;
}
