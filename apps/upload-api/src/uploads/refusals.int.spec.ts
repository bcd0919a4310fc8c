import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerOf, createTestDatabase, insertIssuer, keyHeader, waitFor, type TestDatabase } from '#testing';
import { csv, file, HEADER, ROW, runUploadApi, send, type Part, type RunningUploadApi } from '../upload-api.fixture.ts';

const UPLOAD_BYTES_MAX = 2 * 1024 * 1024;

let database: TestDatabase;
let api: RunningUploadApi;
let origin: string;
let issuerId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  issuerId = (await insertIssuer(database.dataSource)).id;
  api = await runUploadApi({
    DATABASE_URL: database.url,
    DEFAULT_ISSUER_ID: issuerId,
    UPLOAD_BYTES_MAX: UPLOAD_BYTES_MAX.toString(),
  });
  origin = await api.origin();
});

afterAll(async () => {
  await api.close();
  await database.drop();
});

const storedFiles = () => api.storedFiles();

describe('an upload that is refused', () => {
  const withoutEmail = 'name,governmentId,debtAmount,debtDueDate,debtId\nMaria,52998224725,1,2030-01-31,1\n';

  test.each<readonly [string, number, string, readonly Part[]]>([
    ['has no file', 400, 'FILE_MISSING', [['profile', 'strict']]],
    ['has an empty file', 422, 'FILE_EMPTY', [file('')]],
    ['has a blank file', 422, 'FILE_EMPTY', [file(' \r\n\r\n')]],
    ['is a spreadsheet', 422, 'FILE_BINARY', [file(new Uint8Array([0x50, 0x4b, 3, 4, 20, 0, 6, 0]))]],
    ['is a PDF', 422, 'FILE_BINARY', [file(`%PDF-1.7\n${csv()}`)]],
    ['is UTF-16', 422, 'FILE_BINARY', [file(new Uint8Array(Buffer.from(`\uFEFF${HEADER}\n`, 'utf16le')))]],
    ['is full of NUL bytes', 422, 'FILE_BINARY', [file(new Uint8Array(100_000))]],
    ['lacks a column', 422, 'HEADER_MISSING', [file(withoutEmail)]],
    ['names a column twice', 422, 'HEADER_AMBIGUOUS', [file(`${HEADER},email\n${ROW}1,x\n`)]],
    ['asks for a delimiter it does not have', 422, 'HEADER_MISSING', [['delimiter', ';'], file(csv())]],
    ['asks for it after the file', 422, 'HEADER_MISSING', [file(csv()), ['delimiter', ';']]],
    ['is for an unknown issuer', 422, 'ISSUER_UNKNOWN', [['issuerId', randomUUID()], file(csv())]],
    ['is for an unknown issuer, said last', 422, 'ISSUER_UNKNOWN', [file(csv()), ['issuerId', randomUUID()]]],
    ['has a wrong field', 400, 'FIELD_INVALID', [['profile', 'kind'], file(csv())]],
    ['has a wrong field after the file', 400, 'FIELD_INVALID', [file(csv()), ['profile', 'kind']]],
    ['has an unknown field', 400, 'FIELD_INVALID', [file(csv()), ['profil', 'strict']]],
    ['has a field twice', 400, 'FIELD_INVALID', [['mode', 'validate'], ['mode', 'process'], file(csv())]],
    ['has an endless field', 400, 'FIELD_INVALID', [['issuerId', 'a'.repeat(10_000)], file(csv())]],
    ['has its file in another field', 400, 'FIELD_INVALID', [['csv', new Blob([csv()])]]],
    ['has two files', 400, 'TOO_MANY_PARTS', [file(csv()), file(csv())]],
    ['has a hundred fields', 400, 'TOO_MANY_PARTS', Array.from({ length: 100 }, (_, at) => [`f${at.toString()}`, '1'])],
  ])('because it %s is %i %s and leaves nothing', async (_why, status, code, parts) => {
    const before = await storedFiles();

    const response = await send(origin, ...parts);

    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const answer = await answerOf(response);
    expect([response.status, answer.code]).toEqual([status, code]);
    expect(answer).toMatchObject({
      status,
      type: `urn:problem-type:smart-billing:${code}`,
      title: expect.any(String) as string,
      detail: expect.any(String) as string,
      requestId: response.headers.get('x-request-id'),
    });
    expect(await storedFiles()).toEqual(before);
  });

  test.each([
    ['is not multipart', 415, 'MULTIPART_EXPECTED', 'text/csv', csv()],
    ['has no boundary', 400, 'MULTIPART_MALFORMED', 'multipart/form-data', csv()],
    [
      'stops in the middle',
      400,
      'MULTIPART_MALFORMED',
      'multipart/form-data; boundary=b',
      `--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n${HEADER}\n${ROW}`,
    ],
    ['holds no parts', 400, 'MULTIPART_MALFORMED', 'multipart/form-data; boundary=b', 'nothing of the kind'],
  ])('because its body %s is %i %s', async (_why, status, code, type, body) => {
    const before = await storedFiles();

    const response = await fetch(`${origin}/v1/batches`, { method: 'POST', headers: { 'Content-Type': type }, body });

    expect([response.status, (await answerOf(response)).code]).toEqual([status, code]);
    expect(await storedFiles()).toEqual(before);
  });

  test('because it says it is too large is refused before it is sent', async () => {
    const { port } = new URL(origin);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      `POST /v1/batches HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${keyHeader(origin).authorization ?? ''}\r\n` +
        'Content-Type: multipart/form-data; boundary=b\r\n' +
        'Content-Length: 99999999999\r\n\r\n',
    );
    const received = await new Promise<string>((resolve) => {
      socket.once('data', (data) => resolve(data.toString()));
    });
    socket.destroy();

    expect(received).toMatch(/^HTTP\/1\.1 413 /);
    expect(received).toContain('FILE_TOO_LARGE');
  });

  test('because it turns out too large leaves nothing, and the client reads why', async () => {
    const before = await storedFiles();
    const block = new TextEncoder().encode(`${ROW}1\n`.repeat(1_000));
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        const head = `--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n${HEADER}\n`;
        controller.enqueue(new TextEncoder().encode(head));
      },
      pull(controller) {
        // Twenty times what is allowed, without a Content-Length.
        if ((sent += block.length) < 20 * UPLOAD_BYTES_MAX) controller.enqueue(block);
        else controller.close();
      },
    });

    const response = await fetch(`${origin}/v1/batches`, {
      method: 'POST',
      headers: { 'Content-Type': 'multipart/form-data; boundary=b' },
      body,
      duplex: 'half',
    });

    expect(response.status).toBe(413);
    expect(await answerOf(response)).toMatchObject({ code: 'FILE_TOO_LARGE', bytesMax: UPLOAD_BYTES_MAX });
    expect(await storedFiles()).toEqual(before);
  });

  test('because the client goes away leaves nothing', async () => {
    const before = await storedFiles();
    const { port } = new URL(origin);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      `POST /v1/batches HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${keyHeader(origin).authorization ?? ''}\r\n` +
        'Content-Type: multipart/form-data; boundary=b\r\n' +
        `Content-Length: 1000000\r\n\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n${csv(500)}`,
    );
    await waitFor(async () => (await storedFiles()).some((path) => path.includes('.incoming')), {
      describe: 'the upload to have begun',
    });

    socket.destroy();

    await waitFor(async () => (await storedFiles()).length === before.length, { describe: 'storage to be as before' });
    expect(await storedFiles()).toEqual(before);
  });
});
