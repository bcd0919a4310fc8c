import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_ORGANIZATION } from '#access';
import { answerOf, createTestDatabase, insertIssuer, type TestDatabase } from '#testing';
import { csv, file, PUBLIC, runUploadApi, send, type Part, type RunningUploadApi } from '../upload-api.fixture.ts';

let database: TestDatabase;
let api: RunningUploadApi;
let origin: string;
let issuerId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  // Six uploads at once are one batch below: more than a key may have open by default.
  await database.dataSource.query(`update organizations set limits = limits || '{"uploadsOpenOfKey": 6}'`);
  issuerId = (await insertIssuer(database.dataSource)).id;
  api = await runUploadApi({ DATABASE_URL: database.url, DEFAULT_ISSUER_ID: issuerId });
  origin = await api.origin();
});

afterAll(async () => {
  await api.close();
  await database.drop();
});

async function rowsOf(sql: string, ...parameters: readonly unknown[]): Promise<readonly Record<string, unknown>[]> {
  return await database.dataSource.query(sql, [...parameters]);
}

const messagesAbout = (batchId: string) =>
  rowsOf(`select name, body from outbox where body ->> 'batchId' = $1 order by id`, batchId);

const ascending = (a: number, b: number) => a - b;

const storedFiles = () => api.storedFiles();

describe('a file that is taken', () => {
  test('is stored, becomes a batch with its message, and is answered with links', async () => {
    const content = csv(3);

    const response = await send(origin, file(content), ['profile', 'lenient'], ['delimiter', 'comma']);

    const answer = await answerOf(response);
    expect(response.status).toBe(202);
    expect(response.headers.get('location')).toBe(`${PUBLIC}/v1/batches/${answer.id}`);
    expect(answer).toEqual({
      id: answer.id,
      status: 'received',
      links: {
        self: `${PUBLIC}/v1/batches/${answer.id}`,
        events: `${PUBLIC}/v1/batches/${answer.id}/events`,
        results: `${PUBLIC}/v1/batches/${answer.id}/results.csv`,
        rejections: `${PUBLIC}/v1/batches/${answer.id}/rejections.csv`,
        duplicates: `${PUBLIC}/v1/batches/${answer.id}/duplicates.csv`,
        exports: `${PUBLIC}/v1/batches/${answer.id}/exports`,
        cancel: `${PUBLIC}/v1/batches/${answer.id}/cancel`,
      },
    });
    expect(await rowsOf(`select * from batches where id = $1`, answer.id)).toMatchObject([
      {
        issuer_id: issuerId,
        file_name: 'dívidas.csv',
        sha256: Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(content))).toString('hex'),
        bytes: Buffer.byteLength(content).toString(),
        storage_key: `o/${DEFAULT_ORGANIZATION}/uploads/${answer.id}.csv`,
        profile: 'lenient',
        mode: 'process',
        overrides: { delimiter: ',' },
        status: 'received',
        dialect: null,
      },
    ]);
    expect(await messagesAbout(answer.id)).toEqual([{ name: 'batch.received.v1', body: { batchId: answer.id } }]);
    expect(await storedFiles()).toContainEqual(expect.stringContaining(`uploads/${answer.id}.csv`));
  });

  test('may have its fields before or after the file', async () => {
    const content = csv();
    const other = (await insertIssuer(database.dataSource)).id;

    const before = await send(origin, ['issuerId', other], ['mode', 'validate'], file(content));
    const after = await send(origin, file(content), ['issuerId', other], ['mode', 'validate']);

    expect([before.status, after.status]).toEqual([202, 200]);
    const { id } = await answerOf(before);
    expect((await answerOf(after)).id).toBe(id);
    expect(await rowsOf(`select issuer_id, mode from batches where id = $1`, id)).toEqual([
      { issuer_id: other, mode: 'validate' },
    ]);
  });

  test('and sent again is answered with the first batch, its status, and no second copy', async () => {
    const content = csv();
    const first = await answerOf(await send(origin, file(content)));
    await rowsOf(`update batches set status = 'splitting' where id = $1`, first.id);
    const before = await storedFiles();

    const again = await send(origin, file(content));

    expect(again.status).toBe(200);
    expect(await answerOf(again)).toEqual({ ...first, status: 'splitting' });
    expect(await messagesAbout(first.id)).toHaveLength(1);
    expect(await storedFiles()).toEqual(before);
  });

  test('and sent again to be read another way, or for another issuer, is another batch', async () => {
    const content = csv();
    const other = (await insertIssuer(database.dataSource)).id;
    const answers = await Promise.all(
      [[], [['mode', 'validate']], [['profile', 'lenient']], [['date', 'iso']], [['issuerId', other]]].map(
        async (fields) => send(origin, file(content), ...(fields as unknown as Part[])),
      ),
    );

    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
  });

  test('may be sent again after the first batch failed or was cancelled', async () => {
    const content = csv();
    const first = await answerOf(await send(origin, file(content)));
    await rowsOf(`update batches set status = 'cancelled' where id = $1`, first.id);

    const again = await send(origin, file(content));

    expect(again.status).toBe(202);
    expect((await answerOf(again)).id).not.toBe(first.id);
  });

  test('by several uploads at once is one batch, one message and one stored file', async () => {
    const content = csv();
    const before = await storedFiles();

    const responses = await Promise.all(Array.from({ length: 6 }, () => send(origin, file(content))));

    const answers = await Promise.all(responses.map(answerOf));
    const id = answers[0]?.id ?? '';
    expect(responses.map(({ status }) => status).toSorted(ascending)).toEqual([200, 200, 200, 200, 200, 202]);
    expect(new Set(answers.map((answer) => answer.id))).toEqual(new Set([id]));
    expect(await messagesAbout(id)).toHaveLength(1);
    expect((await storedFiles()).length).toBe(before.length + 1);
  });

  test('can be one without a file name', async () => {
    const boundary = 'b0undary';
    const response = await fetch(`${origin}/v1/batches`, {
      method: 'POST',
      headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` },
      body: `--${boundary}\r\nContent-Disposition: form-data; name="file"\r\n\r\n${csv()}\r\n--${boundary}--\r\n`,
    });

    expect(response.status).toBe(202);
    const { id } = await answerOf(response);
    expect(await rowsOf(`select file_name from batches where id = $1`, id)).toEqual([{ file_name: 'upload.csv' }]);
  });
});
