import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routes } from '#contracts/http';
import { alphanumericCnpjFrom, cpfFrom } from '#testing';
import {
  batchUrl,
  countMails,
  getBatch,
  getJson,
  mailFiles,
  newIssuer,
  processed,
  readCsv,
  send,
  settled,
  upload,
} from './client.ts';
import { DIALECTS } from './dialects.ts';
import { changed, debts, plainCsv, type Debt } from './files.ts';
import { Harness } from './harness.ts';

let harness: Harness;

beforeAll(async () => {
  harness = await Harness.start();
});

afterAll(async () => {
  await harness.stop();
});

const count = async (sql: string, ...values: readonly unknown[]): Promise<number> => {
  const [row] = await harness.database.dataSource.query<{ n: number }[]>(`select (${sql})::int as n`, [...values]);
  return row?.n ?? -1;
};

describe('the seven dialects', () => {
  const good: readonly Debt[] = [
    {
      name: 'Conceição Gonçalves',
      document: cpfFrom(1),
      email: 'conceicao@example.com',
      centavos: 123_456,
      dueDate: '2030-12-31',
      debtId: 'FAT-1',
    },
    {
      name: 'Inês Brandão\nA/C Financeiro',
      document: alphanumericCnpjFrom(2),
      email: 'ines@example.com',
      centavos: 5,
      dueDate: '2031-02-28',
      debtId: 'FAT-2',
    },
    {
      name: 'Padaria "Pão de Açúcar", matriz; filial | loja',
      document: cpfFrom(3),
      email: 'padaria@example.org',
      centavos: 100_000_090,
      dueDate: '2030-01-02',
      debtId: 'FAT-3',
    },
    // The same person, under another e-mail.
    {
      name: 'Conceição Gonçalves',
      document: cpfFrom(1),
      email: 'c.goncalves@example.net',
      centavos: 99_900,
      dueDate: '2030-10-11',
      debtId: 'FAT-4',
    },
  ];
  const [first] = good;
  if (first === undefined) throw new Error('there is a first debt');
  const rows: readonly Debt[] = [...good, first, { ...first, debtId: 'FAT-5', email: 'é inválido' }];

  test.each(DIALECTS.map((dialect) => [dialect.title, dialect] as const))(
    'give one result: %s',
    async (_, { write, detected }) => {
      const issuerId = await newIssuer(harness);

      const batch = await processed(harness, write(rows), { issuerId });

      expect(batch).toMatchObject({
        status: 'completed_with_rejections',
        rows: { read: 6, accepted: 4, duplicate: 1, rejected: 1, dead: 0 },
        identityHolds: true,
        boletos: { issued: 4 },
        notifications: { pending: 0, sent: 4, failed: 0 },
        dialect: detected,
      });
      const stored = await harness.database.dataSource.query<unknown[]>(
        `select d.debt_id, t.document, coalesce(d.payer_name, t.name) as name, d.amount_centavos, d.due_date::text, d.email
       from debts d
       join debtors t on t.id = d.debtor_id
       where d.issuer_id = $1
       order by d.debt_id`,
        [issuerId],
      );
      expect(stored).toEqual(
        good.map(({ debtId, document, name, centavos, dueDate, email }) => ({
          debt_id: debtId,
          document,
          name: name.replaceAll('\n', ' '),
          amount_centavos: centavos.toString(),
          due_date: dueDate,
          email,
        })),
      );
      expect(await readCsv(batch.links.rejections)).toMatchObject([
        { field: 'email', code: 'EMAIL_INVALID', value: 'é inválido' },
      ]);
      expect(await countMails(harness, batch.id)).toBe(4);
    },
  );
});

test('lenient accepts documents of four digits and past due dates, and strict rejects them', async () => {
  const rows = changed(debts(5, 'OLD'), (_, at) => ({ document: (8291 + at).toString(), dueDate: '2023-10-12' }));
  const file = plainCsv(rows);
  const [lenientIssuer, strictIssuer] = await Promise.all([newIssuer(harness), newIssuer(harness)]);

  const lenient = await processed(harness, file, { issuerId: lenientIssuer, profile: 'lenient' });
  expect(lenient).toMatchObject({ status: 'completed', rows: { read: 5, accepted: 5, rejected: 0 } });
  expect(lenient.notifications.sent).toBe(5);

  const strict = await processed(harness, file, { issuerId: strictIssuer });
  expect(strict).toMatchObject({ rows: { read: 5, accepted: 0, rejected: 5 }, boletos: { issued: 0 } });
  const codes = (await readCsv(strict.links.rejections)).map(({ line, code }) => `${line ?? ''} ${code ?? ''}`);
  expect(codes).toEqual([2, 3, 4, 5, 6].flatMap((line) => [`${line} DOCUMENT_INVALID`, `${line} DUE_DATE_PAST`]));
});

/** Everything that a file causes begins with one of these. */
async function everythingSoFar(): Promise<unknown> {
  return {
    batches: await count('select count(*) from batches'),
    boletos: await count('select count(*) from boletos'),
    notifications: await count('select count(*) from notifications'),
    messagesEver: await count(`pg_sequence_last_value(pg_get_serial_sequence('outbox', 'id'))`),
    mails: (await mailFiles(harness)).length,
  };
}

test('the same file again is answered with the first batch, and nothing new is issued or mailed', async () => {
  const issuerId = await newIssuer(harness);
  const file = plainCsv(debts(20, 'AGAIN'));
  const first = await processed(harness, file, { issuerId });
  const before = await everythingSoFar();

  const again = await upload(harness, file, { issuerId });

  expect(again).toMatchObject({ httpStatus: 200, id: first.id, status: 'completed' });
  expect(await getBatch(harness, first.id)).toMatchObject({
    rows: { read: 20, accepted: 20 },
    boletos: { issued: 20 },
  });
  expect(await everythingSoFar()).toEqual(before);
});

test('four uploads of the same bytes at once become one batch, which answers all of them', async () => {
  const issuerId = await newIssuer(harness);
  const file = plainCsv(debts(30, 'RACE'));

  const answers = await Promise.all(Array.from({ length: 4 }, () => upload(harness, file, { issuerId })));

  expect(answers.map(({ httpStatus }) => httpStatus).toSorted((a, b) => a - b)).toEqual([200, 200, 200, 202]);
  const [id, ...others] = new Set(answers.map((answer) => answer.id));
  expect(others).toEqual([]);
  const batch = await settled(harness, id ?? '');
  expect(batch).toMatchObject({ rows: { read: 30, accepted: 30, duplicate: 0 }, notifications: { sent: 30 } });
  expect(await count('select count(*) from batches where issuer_id = $1', issuerId)).toBe(1);
  expect(await countMails(harness, batch.id)).toBe(30);
});

test('a validated file has its rejections reported, and nothing is issued or mailed', async () => {
  const issuerId = await newIssuer(harness);
  const [one, two, three] = debts(3, 'DRY');
  if (one === undefined || two === undefined || three === undefined) throw new Error('there are three debts');
  const file = plainCsv([one, { ...two, email: 'nobody' }, three, three, { ...one, centavos: 1 }]);

  const batch = await processed(harness, file, { issuerId, mode: 'validate' });

  expect(batch).toMatchObject({
    status: 'completed_with_rejections',
    rows: { read: 5, accepted: 2, duplicate: 1, rejected: 2, dead: 0 },
    identityHolds: true,
    boletos: { issued: 0 },
    notifications: { pending: 0, sent: 0, failed: 0 },
  });
  const rejections = await readCsv(batch.links.rejections);
  expect(rejections.map(({ line, code }) => [line, code])).toEqual([
    ['3', 'EMAIL_INVALID'],
    ['6', 'DEBT_ID_CONFLICT'],
  ]);
  expect(await count('select count(*) from debts where issuer_id = $1', issuerId)).toBe(0);
  expect(await count('select count(*) from boletos where issuer_id = $1', issuerId)).toBe(0);
  expect(await countMails(harness, batch.id)).toBe(0);

  // A validated file can then be processed, because it is another reading of the same bytes.
  const real = await processed(harness, file, { issuerId });
  expect(real.id).not.toBe(batch.id);
  expect(real).toMatchObject({ rows: batch.rows, boletos: { issued: 2 }, notifications: { sent: 2 } });
});

describe('the HTTP interface', () => {
  test('is documented at /docs and /docs-json', async () => {
    const { url } = harness.system;
    const page = await fetch(`${url}/docs`);
    expect(page.status).toBe(200);
    expect(page.headers.get('Content-Type')).toContain('text/html');
    const document = await getJson<{ openapi: string; paths: object }>(`${url}/docs-json`);
    expect(document.openapi).toMatch(/^3\./);
    expect(Object.keys(document.paths)).toContain('/v1/batches/{id}');
  });

  test('answers every refusal as problem+json with a stable code', async () => {
    const unknown = '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e';
    const refusals: readonly (readonly [Promise<Response>, number, string])[] = [
      [fetch(batchUrl(harness, unknown)), 404, 'BATCH_NOT_FOUND'],
      [fetch(batchUrl(harness, 'nonsense')), 400, 'ID_INVALID'],
      [fetch(`${harness.system.url}/nowhere`), 404, 'NOT_FOUND'],
      [send(harness, 'a,b\n1,2\n'), 422, 'HEADER_MISSING'],
      [send(harness, ''), 422, 'FILE_EMPTY'],
      [send(harness, plainCsv(debts(1, 'X')), { profile: 'careless' }), 400, 'FIELD_INVALID'],
      [send(harness, plainCsv(debts(1, 'X')), { issuerId: unknown }), 422, 'ISSUER_UNKNOWN'],
    ];
    for (const [answer, status, code] of refusals) {
      const response = await answer;
      expect(response.headers.get('Content-Type')).toContain('application/problem+json');
      const problem: unknown = await response.json();
      expect(problem).toMatchObject({ status, code, type: expect.stringContaining(code) as string });
      expect(problem).toHaveProperty('title');
      expect(problem).toHaveProperty('requestId', response.headers.get('X-Request-Id'));
      expect(response.status).toBe(status);
    }
  });

  test('has one address, in every link; each API refuses the routes of the other', async () => {
    const { url, uploadApiUrl, billingApiUrl } = harness.system;
    const batch = await processed(harness, plainCsv(debts(1, 'BASE')));

    for (const link of Object.values(batch.links)) expect(new URL(link).origin).toBe(url);
    const read = await fetch(`${uploadApiUrl}/v1/batches/${batch.id}`);
    expect([read.status, await read.json()]).toMatchObject([421, { code: 'MISDIRECTED' }]);
    const post = await fetch(`${billingApiUrl}/v1/batches`, { method: 'POST' });
    expect([post.status, await post.json()]).toMatchObject([421, { code: 'MISDIRECTED' }]);
  });

  test('describes every route of both APIs in one document', async () => {
    const { url } = harness.system;
    const { paths } = (await (await fetch(`${url}/docs-json`)).json()) as { paths: Record<string, object> };
    const documented = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(documented.toSorted()).toEqual(Object.keys(routes).toSorted());
    expect((await fetch(`${url}/docs`)).status).toBe(200);
  });
});
