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
const CODES_ARE_IN_THE_RUNBOOK = 'What that means: docs/runbook.md, "ops dead-letters replay".';

const short = (/** @type {string} */ text) =>
  text.length > REASON_CHARS_MAX ? `${text.slice(0, REASON_CHARS_MAX - 1)}…` : text;
const seconds = (/** @type {string | null | undefined} */ time) => time?.replace(/\.\d+Z$/, 'Z') ?? '';

/**
 * The answer of a command as text. The shapes of the answers are in the OpenAPI document of billing-api.
 * @type {Record<import('./ops-arguments.mjs').Command['answer'], (answer: any) => string>}
 */
export const show = {
  list: ({ deadLetters, next }) =>
    deadLetters.length === 0
      ? 'No dead letters.'
      : [
          table(
            ['id', 'died at', 'status', 'queue', 'batch', 'line', 'fingerprint', 'reason'],
            deadLetters.map((/** @type {any} */ each) => [
              ...[each.id, seconds(each.diedAt), each.status, each.queue, each.batchId, each.line],
              ...[each.fingerprint, short(each.reason)],
            ]),
          ),
          ...(next === null ? [] : [`More: --cursor ${next}`]),
        ].join('\n'),

  groups: ({ groups }) =>
    groups.length === 0
      ? 'No dead letters.'
      : table(
          ['count', 'fingerprint', 'queue', 'first', 'last', 'example', 'reason'],
          groups.map((/** @type {any} */ { count, fingerprint, queue, firstDiedAt, lastDiedAt, example }) => [
            ...[
              count,
              fingerprint,
              queue,
              seconds(firstDiedAt),
              seconds(lastDiedAt),
              example.id,
              short(example.reason),
            ],
          ]),
        ),

  letter: (letter) =>
    [
      ...[
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
      ]
        .concat(['firstFailedAt', 'diedAt', 'settledAt', 'replayOf', 'replayedAs', 'reason', 'body'])
        .filter((name) => letter[name] !== null)
        .map((name) => `${name.padEnd(14)}${letter[name]}`),
      ...(letter.replays.length > 0 ? [`${'failed again'.padEnd(14)}${letter.replays.join(', ')}`] : []),
      ...letter.failures.map((/** @type {any} */ { attempt, at, reason }) => `attempt ${String(attempt).padEnd(6)}${at} ${reason}`),
      ...letter.history.map((/** @type {any} */ { action, operator, at }) => `${action.padEnd(14)}${at} by ${operator}`),
      ...(letter.error === null ? [] : ['', letter.error.stack ?? `${letter.error.type}: ${letter.error.message}`]),
    ].join('\n'),

  action: ({ dryRun, matched, done, refusals, refused }) =>
    dryRun
      ? `Dead letters that match: ${String(matched)}. Nothing was done.`
      : [
          `Done to ${String(done)} dead ${done === 1 ? 'letter' : 'letters'}.`,
          ...Object.entries(refusals).map(([code, count]) => {
            const ids = refused.filter((/** @type {any} */ each) => each.code === code).map((/** @type {any} */ { id }) => id);
            return `Not to ${String(count)}: ${code} (${ids.join(', ')}${ids.length < count ? ', …' : ''})`;
          }),
          ...(Object.keys(refusals).length > 0 ? [CODES_ARE_IN_THE_RUNBOOK] : []),
        ].join('\n'),

  stages: ({ stages }) =>
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
      stages.map((/** @type {any} */ { stage, broker, openDeadLetters, lost, paused, breaker }) => [
        ...[stage, broker?.ready ?? '?', broker?.unacked ?? '?', broker?.consumers ?? '?', broker?.perSecond ?? '?'],
        ...[
          openDeadLetters,
          lost.missing,
          lost.recovered,
          paused === null ? '' : `by ${paused.by} ${seconds(paused.at)} ${paused.reason ?? ''}`,
        ],
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
            ...[done.rows.read ?? '?', done.rows.accepted, done.rows.duplicate, done.rows.rejected, done.rows.dead],
            ...[done.boletos.issued, done.notifications.sent, done.notifications.failed],
          ],
        ],
      ),
    ].join('\n'),

  outbox: ({ messages }) =>
    messages.length === 0
      ? 'The outbox is empty.'
      : table(
          ['message', 'pending', 'due', 'oldest due for (s)'],
          messages.map((/** @type {any} */ { name, pending, due, oldestSeconds }) => [
            name,
            pending,
            due,
            oldestSeconds,
          ]),
        ),
};
