import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerOf, createTestDatabase, insertIssuer, type TestDatabase } from '#testing';
import { file, runUploadApi, send, type RunningUploadApi } from '../upload-api.fixture.ts';

const TITLES = 'Favorecido;Inscrição;Contato;Saldo;Limite;Ref.';
const MAPPING = {
  name: ['Favorecido'],
  governmentId: ['Inscrição'],
  email: ['Contato'],
  debtAmount: ['Saldo'],
  debtDueDate: ['Limite'],
  debtId: ['Ref.'],
};
const mapping = JSON.stringify(MAPPING);

let database: TestDatabase;
let api: RunningUploadApi;
let origin: string;
let issuerId: string;
let mappedIssuerId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  issuerId = (await insertIssuer(database.dataSource)).id;
  mappedIssuerId = (await insertIssuer(database.dataSource, { mapping: MAPPING })).id;
  api = await runUploadApi({ DATABASE_URL: database.url, DEFAULT_ISSUER_ID: issuerId });
  origin = await api.origin();
});

afterAll(async () => {
  await api.close();
  await database.drop();
});

const debts = (titles = TITLES): string =>
  `${titles}\nMaria;52998224725;maria@example.com;12,34;31/01/2030;${randomUUID()}\n`;

async function overridesOf(id: string): Promise<unknown> {
  const rows: { overrides: unknown }[] = await database.dataSource.query(
    `select overrides from batches where id = $1`,
    [id],
  );
  return rows[0]?.overrides;
}

describe('columns that the uploader names', () => {
  test('are read and kept, whether the mapping stands before the file or behind it', async () => {
    for (const parts of [
      [['mapping', mapping], file(debts())],
      [file(debts()), ['mapping', mapping]],
    ] as const) {
      const response = await send(origin, ...parts);
      expect(response.status).toBe(202);
      expect(await overridesOf((await answerOf(response)).id)).toEqual({ mapping: MAPPING });
    }
  });

  test('are those of the issuer, named before the file or behind it', async () => {
    for (const parts of [
      [['issuerId', mappedIssuerId], file(debts())],
      [file(debts()), ['issuerId', mappedIssuerId]],
    ] as const) {
      const response = await send(origin, ...parts);
      expect(response.status).toBe(202);
      expect(await overridesOf((await answerOf(response)).id)).toEqual({ mapping: MAPPING });
    }
  });

  test("are not the issuer's where the upload says otherwise", async () => {
    const known = debts('Nome;CPF;E-mail;Valor;Vencimento;Código');
    const refused = await send(origin, ['issuerId', mappedIssuerId], file(known));
    expect([refused.status, await answerOf(refused)]).toMatchObject([
      422,
      {
        code: 'HEADER_MISSING',
        detail: expect.stringMatching(/"Favorecido", que mapping dá para name.*"Nome"/) as string,
      },
    ]);
    const taken = await send(origin, ['issuerId', mappedIssuerId], ['mapping', '{}'], file(known));
    expect(taken.status).toBe(202);
    expect(await overridesOf((await answerOf(taken)).id)).toEqual({});
  });

  test('make another batch of the same bytes', async () => {
    const both = debts('Nome;CPF;E-mail;Valor;Vencimento;Código;Saldo');
    const plain = await answerOf(await send(origin, file(both)));
    const named = await answerOf(await send(origin, file(both), ['mapping', '{"debtAmount":"Saldo"}']));
    const again = await answerOf(await send(origin, ['mapping', '{ "debtAmount": ["Saldo"] }'], file(both)));
    expect(named.id).not.toBe(plain.id);
    expect(again.id).toBe(named.id);
  });

  test('refuse the upload where the mapping is wrong, and leave nothing', async () => {
    const before = await api.storedFiles();
    for (const wrong of ['{"phone":"x"}', '{', '{"name":7}', `{"name":"${'x'.repeat(5_000)}"}`]) {
      const response = await send(origin, file(debts()), ['mapping', wrong]);
      expect([response.status, (await answerOf(response)).code]).toEqual([400, 'FIELD_INVALID']);
    }
    expect(await api.storedFiles()).toEqual(before);
  });
});

test('a header of more than 200 columns is refused', async () => {
  const titles = Array.from({ length: 300 }, (_, at) => `x${at.toString()}`).join(';');
  const response = await send(origin, file(debts(`${TITLES};${titles}`)), ['mapping', mapping]);
  expect([response.status, (await answerOf(response)).code]).toEqual([422, 'HEADER_TOO_WIDE']);
});
