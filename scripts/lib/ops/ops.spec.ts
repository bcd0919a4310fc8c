import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCommand } from './ops-arguments.mjs';
import { runOps } from './ops-cli.mjs';
import { table } from './ops-tables.mjs';

const BATCH = '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e';

describe('a command line', () => {
  test.each([
    ['dead-letters list', 'GET', '/v1/dead-letters', undefined],
    [
      `dead-letters list --batch ${BATCH} --status any --limit 5 --cursor 9`,
      'GET',
      `/v1/dead-letters?batchId=${BATCH}&status=any&limit=5&cursor=9`,
      undefined,
    ],
    ['dead-letters groups --queue notifier.chunks', 'GET', '/v1/dead-letters/groups?queue=notifier.chunks', undefined],
    ['dead-letters show 7', 'GET', '/v1/dead-letters/7', undefined],
    ['dead-letters replay 7 8', 'POST', '/v1/dead-letters/replay', { ids: ['7', '8'] }],
    [
      'dead-letters replay --fingerprint 0123456789abcdef --dry-run --per-second 5',
      'POST',
      '/v1/dead-letters/replay',
      { filter: { fingerprint: '0123456789abcdef' }, dryRun: true, perSecond: 5 },
    ],
    ['dead-letters discard --all', 'POST', '/v1/dead-letters/discard', { all: true }],
    [
      'dead-letters replay --all --as-of 2026-12-31T09:00:00.123456Z --background',
      'POST',
      '/v1/dead-letters/replay',
      { all: true, asOf: '2026-12-31T09:00:00.123456Z' },
    ],
    ['dead-letters actions --limit 5 --cursor 9', 'GET', '/v1/dead-letters/actions?limit=5&cursor=9', undefined],
    ['dead-letters actions 7', 'GET', '/v1/dead-letters/actions/7', undefined],
    ['dead-letters restore 7', 'POST', '/v1/dead-letters/restore', { ids: ['7'] }],
    ['queues', 'GET', '/v1/stages', undefined],
    ['pause notifier.chunks --reason moving', 'POST', '/v1/stages/notifier.chunks/pause', { reason: 'moving' }],
    ['resume notifier.chunks', 'POST', '/v1/stages/notifier.chunks/resume', {}],
    [`batch cancel ${BATCH}`, 'POST', `/v1/batches/${BATCH}/cancel`, undefined],
    ['outbox', 'GET', '/v1/outbox', undefined],
    [`audit verify --root ${'ab'.repeat(32)}`, 'GET', '/v1/audit-seals', undefined],
  ])('%s asks the API', (line, method, path, body) => {
    const command = readCommand(line.split(' '));
    expect([command?.method, command?.path, command?.body]).toEqual([method, path, body]);
  });

  test.each([
    ['', 'a command is missing'],
    ['queue', 'there is no command queue'],
    ['dead-letters', 'dead-letters does not know nothing'],
    ['dead-letters drop', 'dead-letters does not know drop'],
    ['dead-letters list 7', 'takes no ids'],
    ['dead-letters show', 'expected the ID of a dead letter'],
    ['dead-letters show 7/8', 'not 7/8'],
    ['dead-letters replay', 'say which to replay'],
    ['dead-letters replay 7 --all', 'say which to replay'],
    ['dead-letters replay 7 --reason x', 'say which to replay'],
    ['dead-letters replay x', 'x is no id'],
    ['dead-letters replay --all --dry-run --background', 'does not go with --background'],
    ['dead-letters actions 7 8', 'expected the ID of an action'],
    ['dead-letters replay 7 --per-second 0', '--per-second is a whole number'],
    ['dead-letters discard 7 --per-second 5', '--per-second does not belong'],
    ['pause', 'expected one STAGE'],
    ['resume notifier.chunks --reason x', '--reason does not belong'],
    ['queues notifier.chunks', 'queues takes nothing more'],
    ['batch cancel', 'expected the ID of a batch'],
    ['outbox --colour', 'Unknown option'],
    ['outbox --operator ana', 'Unknown option'],
    ['audit', 'there is no command audit'],
    ['audit verify 7', 'audit verify takes nothing more'],
    ['audit verify --root abc', '--root is 64 hexadecimal digits'],
    ['audit verify --plane both', '--plane is organization or platform'],
  ])('%s is refused with what is wrong and how it is used', (line, message) => {
    expect(() => readCommand(line.split(' ').filter(Boolean))).toThrow(new RegExp(`${message}[^]*Usage: npm run ops`));
  });

  test('may ask for help', () => {
    expect(readCommand(['dead-letters', '--help'])).toBeUndefined();
  });
});

test('a table is as wide as its cells, with numbers to the right', () => {
  expect(
    table(
      ['name', 'count'],
      [
        ['a\nb', 7],
        ['longer', 120],
      ],
    ),
  ).toBe('name    count\na b         7\nlonger    120');
});

describe('a command', () => {
  let server: Server;
  let url = '';
  let status = 200;
  let answer: object | string = {};
  const asked: { path: string | undefined; prefer: unknown }[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push({ path: request.url, prefer: request.headers['prefer'] });
      response.writeHead(status).end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port.toString()}/` : '';
  });

  afterAll(() => server.close());

  async function ops(line: string): Promise<{ code: number; out: string; err: string }> {
    let [out, err] = ['', ''];
    const streams = {
      out: (text: string) => {
        out += text;
      },
      err: (text: string) => {
        err += text;
      },
    };
    const code = await runOps([...line.split(' '), '--url', url], streams);
    return { code, out, err };
  }

  test('prints a table, or JSON', async () => {
    [status, answer] = [200, { items: [{ name: 'batch.received.v1', pending: 3, due: 1, oldestSeconds: 4 }] }];
    expect((await ops('outbox')).out).toContain('batch.received.v1');
    expect(JSON.parse((await ops('outbox --json')).out)).toEqual(answer);
    expect(asked.at(-1)).toEqual({ path: '/v1/outbox', prefer: undefined });
  });

  test('shows which stage an operator paused, and which waits for a provider', async () => {
    const quiet = { broker: null, openDeadLetters: 0, lost: { missing: 0, recovered: 0 }, paused: null, breaker: null };
    const [at, openedAt] = ['2026-11-21T10:00:00.123Z', '2026-11-21T11:00:00.456Z'];
    const breaker = { state: 'open', reason: 'ECONNREFUSED', openings: 2, openedAt, probeAt: openedAt };
    [status, answer] = [
      200,
      {
        items: [
          { ...quiet, stage: 'a', paused: { by: 'ana', at, reason: null } },
          { ...quiet, stage: 'b', breaker },
          { ...quiet, stage: 'c' },
        ],
      },
    ];
    const lines = (await ops('queues')).out.split('\n');
    expect(lines[1]).toMatch(/^a .* by ana 2026-11-21T10:00:00Z$/);
    expect(lines[2]).toMatch(/^b .* open since 2026-11-21T11:00:00Z: ECONNREFUSED$/);
    expect(lines[3]).toMatch(/^c[ ?]+0 +0 +0$/);
  });

  test('tells after a dry run how to act on the same letters, and of a background action how to follow it', async () => {
    const asOf = '2026-11-21T10:00:00.123456Z';
    [status, answer] = [200, { dryRun: true, asOf, matched: 3, done: 0, refusals: {}, refused: [] }];
    expect((await ops('dead-letters replay --all --dry-run')).out).toContain(`--as-of ${asOf}`);

    [status, answer] = [202, { actionId: '7', links: { self: 'http://x/v1/dead-letters/actions/7' } }];
    expect((await ops('dead-letters replay --all --background')).out).toContain('dead-letters actions 7');
    expect(asked.at(-1)).toMatchObject({ prefer: 'respond-async' });

    const action = { id: '7', action: 'replay', operator: 'ana', asOf, matched: 3, done: 2, refusals: {}, refused: [] };
    [status, answer] = [200, { ...action, state: 'interrupted', startedAt: asOf, finishedAt: null }];
    expect((await ops('dead-letters actions 7')).out).toMatch(/interrupted\. Done to 2 of 3\.[^]*Repeat it/);
  });

  test('ends with 1 when letters were refused, and names them', async () => {
    [status, answer] = [
      200,
      { dryRun: false, matched: null, done: 1, refusals: { NOT_OPEN: 1 }, refused: [{ id: '8', code: 'NOT_OPEN' }] },
    ];
    expect(await ops('dead-letters replay 7 8')).toEqual({
      code: 1,
      out: 'Done to 1 dead letter.\nNot to 1: NOT_OPEN (8)\nWhat that means: docs/runbook.md, "ops dead-letters replay".',
      err: '',
    });
  });

  test('says in one line what the API refused', async () => {
    [status, answer] = [404, { code: 'STAGE_NOT_FOUND', title: 'No such stage', detail: 'A stage is one of a, b.' }];
    expect(await ops('pause c')).toEqual({ code: 1, out: '', err: 'STAGE_NOT_FOUND: A stage is one of a, b.' });
  });

  test('reports an error when another server answers, or none', async () => {
    [status, answer] = [502, '<html>'];
    expect((await ops('queues')).err).toContain('it is not the gateway');
    url = 'http://127.0.0.1:1';
    expect((await ops('queues')).err).toContain('does not answer');
  });
});
