import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerOf, caseFile, createTestDatabase, postJson, type TestDatabase } from '#testing';
import { PUBLIC, startApp, type RunningApp } from '../billing-api.fixture.ts';
import { issuerRequestOf, PIXEL } from './issuer-request.fixture.ts';

let database: TestDatabase;
let api: RunningApp;
let origin: string;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startApp({ databaseUrl: database.url });
  origin = api.url;
});

afterAll(async () => {
  await api.stop();
  await database.drop();
});

async function rowsOf(sql: string, ...parameters: readonly unknown[]): Promise<readonly Record<string, unknown>[]> {
  return await database.dataSource.query(sql, [...parameters]);
}

const validIssuer = () => issuerRequestOf(900);

/** One pixel. */
const LOGO = Buffer.from(PIXEL, 'base64');

const createIssuer = (body: object) => postJson(`${origin}/v1/issuers`, body);

describe('issuers', () => {
  test('are registered, found and listed', async () => {
    const response = await createIssuer(validIssuer());

    const created = await answerOf(response);
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe(`${PUBLIC}/v1/issuers/${created.id}`);
    expect(created).toMatchObject({
      name: 'Mensalidades Exemplo Ltda',
      address: { postalCode: '01001000' },
      bankCode: '001',
      account: { agencia: '1234', conta: '12345678', carteira: '17', convenio: '1234567' },
      especie: 'DM',
      fees: {},
      registration: 'none',
      nextNossoNumero: '1',
    });
    expect(await answerOf(await fetch(`${origin}/v1/issuers/${created.id}`))).toEqual(created);

    const ids: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page = (await (await fetch(`${origin}/v1/issuers?limit=2${query}`)).json()) as {
        items: { id: string }[];
        nextCursor: string | null;
      };
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(ids).toContain(created.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(await rowsOf('select id from issuers')).toHaveLength(ids.length);
  });

  test('are registered with a mapping, which answers show', async () => {
    const response = await createIssuer({ ...validIssuer(), mapping: { debtAmount: 'Saldo' } });
    expect([response.status, await response.json()]).toMatchObject([201, { mapping: { debtAmount: ['Saldo'] } }]);

    const wrong = await createIssuer({ ...validIssuer(), mapping: { debtAmount: [], telefone: 'x' } });
    expect(wrong.status).toBe(400);
    expect(JSON.stringify(await wrong.json())).toContain('mapping.debtAmount');
  });

  test('are refused with one problem for each field of the account, and the document', async () => {
    const response = await createIssuer({
      ...validIssuer(),
      document: '11.222.333/0001-82',
      account: { agencia: '12345', conta: 'x', carteira: '', convenio: '12345' },
    });

    expect(response.status).toBe(400);
    const fields = (await answerOf(response)).errors.map(({ field }) => field);
    expect(fields).toContain('document');
    expect(fields).toContain('account.carteira');
    expect(fields).toContain('account.convenio');
    expect(new Set(fields).size).toBe(fields.length);
  });

  test('of a bank we do not issue for, or shaped wrongly, are refused', async () => {
    const bank = await createIssuer({ ...validIssuer(), bankCode: '999' });
    expect((await answerOf(bank)).errors).toMatchObject([{ field: 'bankCode', code: 'unsupported' }]);

    const shape = await createIssuer({
      ...validIssuer(),
      address: { street: 'a\nb', city: 'x', state: 'XX', postalCode: '1' },
    });
    const fields = (await answerOf(shape)).errors.map(({ field }) => field);
    expect(fields).toEqual(['address.street', 'address.state', 'address.postalCode']);
  });

  test('are kept with their fees', async () => {
    const fees = {
      multa: { percent: '2.00' },
      juros: { amountPerDay: '0.10' },
      desconto: { amount: '5.00', daysBefore: 10 },
    };
    const { id } = await answerOf(await createIssuer({ ...validIssuer(), fees }));

    expect(await answerOf(await fetch(`${origin}/v1/issuers/${id}`))).toMatchObject({ fees });
    expect(await rowsOf('select fees from issuers where id = $1', id)).toEqual([{ fees }]);
  });

  test('cannot ask for more than the law allows, unless they say that other ceilings apply', async () => {
    const fees = { multa: { percent: '10.00' }, juros: { percentPerMonth: '1,5' } };
    const refused = await answerOf(await createIssuer({ ...validIssuer(), document: '1', fees }));
    expect(refused.errors).toMatchObject([
      { field: 'document' },
      { field: 'fees.multa.percent', code: 'too_big', message: 'must be at most 2.00 %' },
      { field: 'fees.juros.percentPerMonth', code: 'invalid' },
    ]);

    const ceilings = { multaPercent: '10.00' };
    const accepted = await createIssuer({ ...validIssuer(), fees: { multa: { percent: '10.00' }, ceilings } });
    expect(accepted.status).toBe(201);
  });

  test('are told how fees are written', async () => {
    const both = { multa: { percent: '2.00', amount: '5.00' }, juros: { percentPerMonth: 1 }, desconto: {} };
    const refused = await answerOf(await createIssuer({ ...validIssuer(), fees: both }));
    expect(refused.errors.map(({ field }) => field)).toEqual(['fees.multa', 'fees.juros', 'fees.desconto']);
  });

  test('cannot start beyond what their account can number', async () => {
    const response = await createIssuer({ ...validIssuer(), nextNossoNumero: '999999999999999999' });

    expect((await answerOf(response)).errors).toMatchObject([{ field: 'nextNossoNumero', code: 'too_big' }]);
  });

  test.skipIf(caseFile('nosso-numero-repetido.emissor-1.json') === undefined)(
    'nosso-numero-repetido: a second issuer of an account goes on with its counter, and the answer names the first',
    async () => {
      const bodies = [1, 2].map(
        (n) => JSON.parse(caseFile(`nosso-numero-repetido.emissor-${n.toString()}.json`) ?? '') as object,
      );
      const [one, two] = await Promise.all(
        bodies.map(async (body) => await answerOf(await createIssuer({ ...body, nextNossoNumero: '7' }))),
      );
      const again = await answerOf(await createIssuer({ ...bodies[0], nextNossoNumero: '3' }));
      expect(again).toMatchObject({ nextNossoNumero: '7' });
      expect((again as unknown as { accountSharedWith: string[] }).accountSharedWith.toSorted()).toEqual(
        [one, two].map((answer) => (answer as unknown as { id: string }).id).toSorted(),
      );
    },
  );

  test.skipIf(caseFile('sicredi-ano-errado.json') === undefined)(
    'sicredi-ano-errado: a year that is not the year of issue is refused; without a year it is the one of the clock',
    async () => {
      const body = JSON.parse(caseFile('sicredi-ano-errado.json') ?? '') as { account: Record<string, string> };
      const refused = await createIssuer(body);
      expect(refused.status).toBe(400);
      expect((await answerOf(refused)).errors).toMatchObject([{ field: 'account.ano', code: 'invalid' }]);
      const { ano: _, ...account } = body.account;
      const created = await createIssuer({ ...body, account, nextNossoNumero: '5' });
      expect(created.status).toBe(201);
      expect(await answerOf(created)).toMatchObject({ nextNossoNumero: '5', account });
      const counters: { next: string }[] = await database.dataSource.query(
        `select next_nosso_numero as next from bank_accounts where bank_code = '748'`,
      );
      expect(counters[0]?.next).toMatch(/^\d\d000005$/);
    },
  );

  test('are kept with what they add to their page, and the logo is never sent back', async () => {
    const created = await createIssuer({
      ...validIssuer(),
      logo: LOGO.toString('base64'),
      sacador: { name: 'Escola Exemplo', document: '529.982.247-25' },
      pix: { key: '+5511999998888' },
    });

    const { id, ...issuer } = await answerOf(created);
    expect(created.status).toBe(201);
    expect(issuer).toMatchObject({
      hasLogo: true,
      sacador: { name: 'Escola Exemplo', document: '529.982.247-25' },
      pix: { key: '+5511999998888', merchantName: 'Mensalidades Exemplo Ltda', merchantCity: 'Sao Paulo' },
    });
    expect(issuer).not.toHaveProperty('logo');
    expect(await rowsOf('select logo, sacador from issuers where id = $1', id)).toEqual([
      { logo: LOGO, sacador: { name: 'Escola Exemplo', document: '52998224725' } },
    ]);

    const plain = await answerOf(await createIssuer(validIssuer()));
    expect(plain).toMatchObject({ hasLogo: false, sacador: null, pix: null });
  });

  test('are refused with one problem for each part of their page that cannot be printed', async () => {
    const refused = await createIssuer({
      ...validIssuer(),
      logo: Buffer.from('GIF89a').toString('base64'),
      sacador: { name: 'Escola Exemplo', document: '529.982.247-26' },
      pix: { key: '529.982.247-25', merchantName: 'Mensalidades Exemplo de São Paulo', merchantCity: '😀' },
    });

    expect([refused.status, (await answerOf(refused)).errors]).toMatchObject([
      400,
      [
        { field: 'logo', code: 'format' },
        { field: 'sacador.document', code: 'check-digits' },
        { field: 'pix.key' },
        { field: 'pix.merchantName' },
        { field: 'pix.merchantCity' },
      ],
    ]);
  });

  test('have logos of up to 64 KiB, in base64', async () => {
    const problemsOf = async (logo: string) => (await answerOf(await createIssuer({ ...validIssuer(), logo }))).errors;

    const tail = Buffer.alloc(64 * 1024 - LOGO.length);
    expect(
      (await createIssuer({ ...validIssuer(), logo: Buffer.concat([LOGO, tail]).toString('base64') })).status,
    ).toBe(201);
    const long = Buffer.concat([LOGO, tail, Buffer.alloc(1)]);
    expect(await problemsOf(long.toString('base64'))).toMatchObject([{ field: 'logo', code: 'bytes' }]);
    expect(await problemsOf('')).toMatchObject([{ field: 'logo', code: 'format' }]);
    expect(await problemsOf('data:image/png;base64,AAAA')).toMatchObject([{ field: 'logo', code: 'base64' }]);
    expect((await createIssuer({ ...validIssuer(), logo: 'A'.repeat(128 * 1024) })).status).toBe(413);
  });

  test('that do not exist are 404', async () => {
    const response = await fetch(`${origin}/v1/issuers/${randomUUID()}`);

    expect([response.status, (await answerOf(response)).code]).toEqual([404, 'ISSUER_NOT_FOUND']);
  });
});
