/** @typedef {string | number | null | undefined} Cell */

/**
 * Columns as wide as their widest cell; numbers stand right.
 * @param {readonly string[]} headers
 * @param {readonly (readonly Cell[])[]} rows
 */
export function table(headers, rows) {
  const cells = [headers, ...rows].map((row) => row.map((cell) => (cell ?? '').toString().replaceAll(/\s+/g, ' ')));
  const columns = headers.map((_, at) => ({
    width: Math.max(...cells.map((row) => row[at]?.length ?? 0)),
    isNumber: rows.length > 0 && rows.every((row) => (row[at] ?? 0) === Number(row[at] ?? 0)),
  }));
  return cells
    .map((row) =>
      columns
        .map(({ width, isNumber }, at) => (isNumber ? row[at]?.padStart(width) : row[at]?.padEnd(width)) ?? '')
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const REASON_CHARS_MAX = 80;
/** Fields of a dead letter, each shown on a line of its own. */
const letterFields = [
  'id',
  'status',
  'queue',
  'messageName',
  'messageId',
  'batchId',
  'chunkNo',
  'line',
  'failureClass',
  'fingerprint',
  'attempts',
  'firstFailedAt',
  'diedAt',
  'settledAt',
  'replayOf',
  'replayedAs',
  'reason',
  'body',
];
const CODES_ARE_IN_THE_RUNBOOK = 'What that means: docs/runbook.md, "ops dead-letters replay".';

/** A page of a list. @typedef {{ items: any[], nextCursor: string | null }} Page */
/** How often an action was refused, by the code of the refusal. @typedef {Record<string, number>} Refusals */

const short = (/** @type {string} */ text) =>
  text.length > REASON_CHARS_MAX ? `${text.slice(0, REASON_CHARS_MAX - 1)}…` : text;
const seconds = (/** @type {string | null | undefined} */ time) => time?.replace(/\.\d+Z$/, 'Z') ?? '';
const more = (/** @type {string | null} */ nextCursor) => (nextCursor === null ? [] : [`More: --cursor ${nextCursor}`]);
const total = (/** @type {Refusals} */ refusals) => Object.values(refusals).reduce((sum, count) => sum + count, 0);

/** @param {{ refusals: Refusals, refused: readonly { code: string, id: string }[] }} result */
function notDone({ refusals, refused }) {
  const lines = Object.entries(refusals).map(([code, count]) => {
    const ids = refused.filter((each) => each.code === code).map(({ id }) => id);
    return `Not to ${String(count)}: ${code} (${ids.join(', ')}${ids.length < count ? ', …' : ''})`;
  });
  return lines.length === 0 ? [] : [...lines, CODES_ARE_IN_THE_RUNBOOK];
}

/**
 * The answer of a command as text. The shapes of the answers are in the OpenAPI document of billing-api.
 * @satisfies {Record<string, (answer: any) => string>}
 */
export const show = {
  list: (/** @type {Page} */ { items, nextCursor }) =>
    items.length === 0
      ? 'No dead letters.'
      : [
          table(
            ['id', 'died at', 'status', 'queue', 'batch', 'line', 'fingerprint', 'reason'],
            items.map((each) => [
              each.id,
              seconds(each.diedAt),
              each.status,
              each.queue,
              each.batchId,
              each.line,
              each.fingerprint,
              short(each.reason),
            ]),
          ),
          ...more(nextCursor),
        ].join('\n'),

  groups: (/** @type {Page} */ { items, nextCursor }) =>
    items.length === 0
      ? 'No dead letters.'
      : [
          table(
            ['count', 'fingerprint', 'queue', 'first', 'last', 'example', 'reason'],
            items.map(({ count, fingerprint, queue, firstDiedAt, lastDiedAt, example }) => [
              count,
              fingerprint,
              queue,
              seconds(firstDiedAt),
              seconds(lastDiedAt),
              example.id,
              short(example.reason),
            ]),
          ),
          ...more(nextCursor),
        ].join('\n'),

  letter: (letter) =>
    [
      ...letterFields.filter((name) => letter[name] !== null).map((name) => `${name.padEnd(14)}${letter[name]}`),
      ...(letter.replays.length > 0 ? [`${'failed again'.padEnd(14)}${letter.replays.join(', ')}`] : []),
      ...letter.failures.map(
        (/** @type {any} */ { attempt, at, reason }) => `attempt ${String(attempt).padEnd(6)}${at} ${reason}`,
      ),
      ...letter.history.map(
        (/** @type {any} */ { action, operator, at }) => `${action.padEnd(14)}${at} by ${operator}`,
      ),
      ...(letter.error === null ? [] : ['', letter.error.stack ?? `${letter.error.type}: ${letter.error.message}`]),
    ].join('\n'),

  result: ({ dryRun, asOf, matched, done, refusals, refused }) =>
    dryRun
      ? `Dead letters that match: ${String(matched)}. Nothing was done. To act on these only: --as-of ${asOf}`
      : [`Done to ${String(done)} dead ${done === 1 ? 'letter' : 'letters'}.`, ...notDone({ refusals, refused })].join(
          '\n',
        ),

  started: ({ actionId }) =>
    `Action ${actionId} goes on in the background: npm run ops -- dead-letters actions ${actionId}`,

  actions: (/** @type {Page} */ { items, nextCursor }) =>
    items.length === 0
      ? 'No actions.'
      : [
          table(
            ['id', 'action', 'operator', 'state', 'done', 'of', 'refused', 'started', 'finished'],
            items.map(({ id, action, operator, state, done, matched, refusals, startedAt, finishedAt }) => [
              id,
              action,
              operator,
              state,
              done,
              matched ?? '?',
              total(refusals),
              seconds(startedAt),
              seconds(finishedAt),
            ]),
          ),
          ...more(nextCursor),
        ].join('\n'),

  action: ({ id, action, operator, asOf, state, done, matched, refusals, refused, startedAt, finishedAt }) =>
    [
      `Action ${id}: ${action} by ${operator} is ${state}. Done to ${String(done)} of ${String(matched ?? '?')}.`,
      `Began ${startedAt}${finishedAt === null ? '' : `, ended ${finishedAt}`}; letters that died up to ${asOf}`,
      ...(state === 'interrupted' ? ['Its process is gone. Repeat it: the rest is done.'] : []),
      ...notDone({ refusals, refused }),
    ].join('\n'),

  stages: (/** @type {Page} */ { items }) =>
    table(
      [
        'stage',
        'ready',
        'unacked',
        'consumers',
        'per second',
        'dead letters',
        'lost',
        'recovered',
        'paused',
        'breaker',
      ],
      items.map(({ stage, broker, openDeadLetters, lost, paused, breaker }) => [
        stage,
        broker?.ready ?? '?',
        broker?.unacked ?? '?',
        broker?.consumers ?? '?',
        broker?.perSecond ?? '?',
        openDeadLetters,
        lost.missing,
        lost.recovered,
        paused === null ? '' : `by ${paused.by} ${seconds(paused.at)} ${paused.reason ?? ''}`,
        breaker === null ? '' : `${breaker.state} since ${seconds(breaker.openedAt)}: ${short(breaker.reason)}`,
      ]),
    ),

  pause: ({ stage, paused }) => `${stage} is ${paused ? 'paused' : 'resumed'}; its workers see it within two seconds.`,

  cancelled: ({ id, done }) =>
    [
      `Batch ${id} is cancelled. Done before, and staying so:`,
      table(
        ['rows read', 'accepted', 'duplicate', 'rejected', 'dead', 'boletos', 'e-mails sent', 'e-mails failed'],
        [
          [
            done.rows.read ?? '?',
            done.rows.accepted,
            done.rows.duplicate,
            done.rows.rejected,
            done.rows.dead,
            done.boletos.issued,
            done.notifications.sent,
            done.notifications.failed,
          ],
        ],
      ),
    ].join('\n'),

  verified: (/** @type {import('./verify-audit.mjs').Verified} */ { events, fault, seals, root }) =>
    [
      fault === null ? `${String(events)} events, chain whole` : `${fault}. Events read: ${String(events)}`,
      ...(seals === 0 ? [] : [`${fault === null ? 'Newest' : 'Last good'} seal: ${String(seals)}, root ${root}`]),
    ].join('\n'),

  outbox: (/** @type {Page} */ { items }) =>
    items.length === 0
      ? 'The outbox is empty.'
      : table(
          ['message', 'pending', 'due', 'oldest due for (s)'],
          items.map(({ name, pending, due, oldestSeconds }) => [name, pending, due, oldestSeconds]),
        ),
};
