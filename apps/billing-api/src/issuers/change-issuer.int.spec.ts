import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cnpjFrom, createTestDatabase, insertBatch, insertDebt, postJson, waitFor, type TestDatabase } from '#testing';
import { startApp, type RunningApp } from '../billing-api.fixture.ts';
import { issuerRequestOf } from './issuer-request.fixture.ts';

let database: TestDatabase;
let api: RunningApp;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startApp({ databaseUrl: database.url });
});

afterAll(async () => {
  await api.stop();
  await database.drop();
});

let used = 0;
const ITAU = { agencia: '0057', conta: '12345', contaDv: '7', carteira: '109' };

/** An issuer at Banco do Brasil, under an account of its own. */
function issuerToBe() {
  used += 1;
  const request = issuerRequestOf(700 + used);
  return { ...request, account: { ...request.account, convenio: (2_000_000 + used).toString() } };
}

interface Seen {
  readonly status: number;
  readonly etag: string;
  readonly body: Record<string, unknown> & { id: string; code?: string; errors?: { field: string; code: string }[] };
}

async function seen(response: Response): Promise<Seen> {
  return {
    status: response.status,
    etag: response.headers.get('ETag') ?? '',
    body: JSON.parse(await response.text()) as Seen['body'],
  };
}

const register = async (over: object = {}): Promise<Seen> =>
  await seen(await postJson(`${api.url}/v1/issuers`, { ...issuerToBe(), ...over }));

const found = async (id: string): Promise<Seen> => await seen(await fetch(`${api.url}/v1/issuers/${id}`));

async function change(id: string, etag: string | undefined, body: object): Promise<Seen> {
  const headers = { 'Content-Type': 'application/json', ...(etag === undefined ? {} : { 'If-Match': etag }) };
  return await seen(
    await fetch(`${api.url}/v1/issuers/${id}`, { method: 'PATCH', headers, body: JSON.stringify(body) }),
  );
}

async function rowsOf(sql: string, ...parameters: readonly unknown[]): Promise<readonly Record<string, unknown>[]> {
  return await database.dataSource.query(sql, [...parameters]);
}

/** The counter of the issuer's account. */
const counters = async (id: string) =>
  await rowsOf(
    `select a.bank_code, a.identity, a.next_nosso_numero as next
     from bank_accounts a join issuers i on i.bank_account_id = a.id where i.id = $1`,
    id,
  );

/** One pixel. */
const LOGO = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describe('If-Match', () => {
  test('is no reason to answer 304, because the next nosso número moves without it', async () => {
    const { body, etag } = await register();
    const again = await fetch(`${api.url}/v1/issuers/${body.id}`, { headers: { 'If-None-Match': etag } });
    expect(again.status).toBe(200);
    expect(await again.json()).toHaveProperty('nextNossoNumero');
  });

  test('is the ETag that POST and GET give; each change has a new one', async () => {
    const created = await register();
    expect(created.etag).toMatch(/^"[^"]+"$/);
    expect((await found(created.body.id)).etag).toBe(created.etag);

    const changed = await change(created.body.id, created.etag, { name: 'Outro Nome Ltda' });

    expect([changed.status, changed.body['name']]).toEqual([200, 'Outro Nome Ltda']);
    expect(changed.etag).not.toBe(created.etag);
    expect(await found(created.body.id)).toEqual(changed);
    expect(Date.parse(String(changed.body['updatedAt']))).toBeGreaterThan(
      Date.parse(String(created.body['updatedAt'])),
    );
  });

  test('missing is 428; another, or a weak one, is 412; nothing is changed then', async () => {
    const { body, etag } = await register();

    expect(await change(body.id, undefined, { name: 'X' })).toMatchObject({
      status: 428,
      body: { code: 'PRECONDITION_REQUIRED' },
    });
    for (const other of ['"0"', `W/${etag}`, etag.slice(1, -1), '"0", "9"']) {
      const refused = await change(body.id, other, { name: 'X' });
      expect([refused.status, refused.body.code, refused.etag]).toEqual([412, 'PRECONDITION_FAILED', etag]);
    }
    expect((await found(body.id)).body).toEqual(body);
  });

  test('may list several, or say that any will do', async () => {
    const { body, etag } = await register();
    const one = await change(body.id, `"0", ${etag}`, { name: 'Um' });
    expect(one.status).toBe(200);
    expect((await change(body.id, '*', { name: 'Dois' })).body['name']).toBe('Dois');
  });

  test('of changes at the same time, one wins and the others are 412', async () => {
    const { body, etag } = await register();

    const all = await Promise.all(
      Array.from({ length: 8 }, async (_, n) => await change(body.id, etag, { name: `Nome ${n.toString()}` })),
    );

    expect(all.filter(({ status }) => status === 412)).toHaveLength(7);
    const winner = all.find(({ status }) => status === 200);
    expect((await found(body.id)).body['name']).toBe(winner?.body['name']);
  });

  test('does not change with the numbers that are issued meanwhile', async () => {
    const { body, etag } = await register();
    await rowsOf(
      'update bank_accounts set next_nosso_numero = 900 where id = (select bank_account_id from issuers where id = $1)',
      body.id,
    );
    expect(await change(body.id, etag, { name: 'Outro' })).toMatchObject({
      status: 200,
      body: { nextNossoNumero: '900' },
    });
  });

  test('for an issuer that does not exist is 404', async () => {
    expect(await change(randomUUID(), '*', {})).toMatchObject({ status: 404, body: { code: 'ISSUER_NOT_FOUND' } });
  });
});

describe('any field can be changed before the first debt', () => {
  test('what is not sent stays, members too; null removes what is optional', async () => {
    const { body, etag } = await register({
      fees: { multa: { percent: '2.00' }, juros: { percentPerMonth: '1.00' } },
      sacador: { name: 'Escola Exemplo', document: '529.982.247-25' },
      mapping: { debtAmount: 'Saldo' },
      instructions: ['Dúvidas: financeiro'],
    });

    const changed = await change(body.id, etag, {
      address: { street: 'Avenida Nova, 7', district: null },
      fees: { multa: { amount: '1.00' }, juros: null },
      sacador: { name: 'Escola Nova' },
      mapping: null,
      especie: 'DS',
      registration: 'bank',
      document: cnpjFrom(699),
    });

    expect(changed.status).toBe(200);
    const { links, createdAt, nextNossoNumero, name, bankCode, account, instructions } = body;
    expect(changed.body).toMatchObject({ links, createdAt, nextNossoNumero, name, bankCode, account, instructions });
    expect(changed.body['address']).toEqual({
      street: 'Avenida Nova, 7',
      city: 'São Paulo',
      state: 'SP',
      postalCode: '01001000',
    });
    expect(changed.body).toMatchObject({
      fees: { multa: { amount: '1.00' } },
      sacador: { name: 'Escola Nova', document: '529.982.247-25' },
      mapping: null,
      especie: 'DS',
      registration: 'bank',
    });
    expect(changed.body['fees']).not.toHaveProperty('juros');
    expect(String(changed.body['document']).replaceAll(/\D/g, '')).toBe(cnpjFrom(699));
  });

  test('a logo is kept, replaced or removed; up to 64 KiB are taken', async () => {
    const { body, etag } = await register({ logo: LOGO.toString('base64') });
    const logoOf = async () => (await rowsOf('select logo from issuers where id = $1', body.id))[0]?.['logo'];

    const kept = await change(body.id, etag, { name: 'Com Logo' });
    expect([kept.body['hasLogo'], await logoOf()]).toEqual([true, LOGO]);
    const large = Buffer.concat([LOGO, Buffer.alloc(64 * 1024 - LOGO.length)]);
    const replaced = await change(body.id, kept.etag, { logo: large.toString('base64') });
    expect([replaced.status, await logoOf()]).toEqual([200, large]);
    const removed = await change(body.id, replaced.etag, { logo: null });
    expect([removed.body['hasLogo'], await logoOf()]).toEqual([false, null]);
    expect((await change(body.id, removed.etag, { logo: 'A'.repeat(128 * 1024) })).status).toBe(413);
  });

  test('a name or city of the Pix that is the issuer’s own follows it; a given one stays', async () => {
    const { body, etag } = await register({ pix: { key: '+5511999998888', merchantCity: 'Campinas' } });
    const renamed = await change(body.id, etag, { name: 'Nome Novo', address: { city: 'Recife' } });
    expect(renamed.body['pix']).toEqual({ key: '+5511999998888', merchantName: 'Nome Novo', merchantCity: 'Campinas' });
    expect((await change(body.id, renamed.etag, { pix: null })).body['pix']).toBeNull();
  });

  test('what is wrong is said as at registration, a field each', async () => {
    const { body, etag } = await register();
    const wrong = {
      document: '11.222.333/0001-82',
      fees: { multa: { percent: '10.00' } },
      pix: { key: 'x' },
      account: { convenio: '12345' },
    };
    const refused = await change(body.id, etag, wrong);
    const registered = await register({ ...wrong, account: { ...(body['account'] as object), convenio: '12345' } });
    expect([refused.status, refused.body.errors]).toEqual([400, registered.body.errors]);
    for (const unreadable of [{ nome: 'x' }, { name: null }, { address: { state: 'XX' } }, { account: null }, []]) {
      expect((await change(body.id, etag, unreadable)).status).toBe(400);
    }
    expect((await found(body.id)).etag).toBe(etag);
  });

  test('a year of Sicredi that has passed does not stand in the way of a new name', async () => {
    const account = { agencia: '0156', posto: '05', codigoBeneficiario: '85301', carteira: '1' };
    const { body, etag } = await register({ bankCode: '748', account });
    await rowsOf(`update issuers set account = account || '{"ano":"20"}' where id = $1`, body.id);
    const { etag: now } = await found(body.id);
    expect(now).not.toBe(etag);
    expect(await change(body.id, now, { name: 'Outro' })).toMatchObject({
      status: 200,
      body: { account: { ano: '20' } },
    });
  });
});

describe('the account of an issuer without debts', () => {
  test('is moved with its number, so that numbers that were used elsewhere are not given again', async () => {
    const { body, etag } = await register({ nextNossoNumero: '501' });

    const moved = await change(body.id, etag, { account: { convenio: '2999999' } });

    expect(moved).toMatchObject({
      status: 200,
      body: { nextNossoNumero: '501', account: { carteira: '17', convenio: '2999999' } },
    });
    expect(await counters(body.id)).toEqual([{ bank_code: '001', identity: { convenio: '2999999' }, next: '501' }]);
  });

  test('is moved to another bank as a whole, and begins where the change says', async () => {
    const { body, etag } = await register({ nextNossoNumero: '501' });
    expect(await change(body.id, etag, { bankCode: '341' })).toMatchObject({ status: 400 });

    const moved = await change(body.id, etag, { bankCode: '341', account: ITAU, nextNossoNumero: '7' });

    expect(moved).toMatchObject({ status: 200, body: { bankCode: '341', nextNossoNumero: '7' } });
    expect(moved.body['account']).toEqual(ITAU);
    expect(await counters(body.id)).toMatchObject([{ bank_code: '341', next: '7' }]);
  });

  test('carries the number of the year alone to and from a bank whose numbers begin again each year', async () => {
    const sicredi = { agencia: '0156', posto: '05', codigoBeneficiario: '85302', carteira: '1' };
    const { body, etag } = await register({ bankCode: '748', account: sicredi, nextNossoNumero: '41' });

    const moved = await change(body.id, etag, {
      bankCode: '341',
      account: { agencia: '58', conta: '12345', carteira: '109' },
    });
    expect(moved).toMatchObject({ status: 200, body: { nextNossoNumero: '41' } });
    const back = await change(body.id, moved.etag, { bankCode: '748', account: sicredi, nextNossoNumero: '42' });
    expect(back).toMatchObject({ status: 200, body: { nextNossoNumero: '42' } });
    expect((await counters(body.id))[0]?.['next']).toMatch(/^\d\d000042$/);
  });

  test('that another issuer has goes on with the counter of both, as at registration', async () => {
    const one = await register({ nextNossoNumero: '300' });
    const { body, etag } = await register();

    const moved = await change(body.id, etag, { account: one.body['account'] });

    expect(moved).toMatchObject({ status: 200, body: { nextNossoNumero: '300', accountSharedWith: [one.body.id] } });
    expect((await found(one.body.id)).body['accountSharedWith']).toEqual([body.id]);
    const apart = await change(body.id, moved.etag, { account: { convenio: '2999998' }, nextNossoNumero: '1' });
    expect(apart.body).toMatchObject({ nextNossoNumero: '1', accountSharedWith: [] });
    expect((await found(one.body.id)).body).toMatchObject({ nextNossoNumero: '300', accountSharedWith: [] });
  });

  test('gives numbers from a higher one on, and never from a lower one', async () => {
    const { body, etag } = await register({ nextNossoNumero: '10' });
    const raised = await change(body.id, etag, { nextNossoNumero: '50' });
    expect(raised).toMatchObject({ status: 200, body: { nextNossoNumero: '50' } });
    const same = await change(body.id, raised.etag, { nextNossoNumero: '50' });
    expect(same.status).toBe(200);
    const lower = await change(body.id, same.etag, { nextNossoNumero: '49' });
    expect(lower.body.errors).toMatchObject([{ field: 'nextNossoNumero', code: 'too_small' }]);
    const beyond = await change(body.id, same.etag, { nextNossoNumero: '99999999999' });
    expect(beyond.body.errors).toMatchObject([{ field: 'nextNossoNumero', code: 'too_big' }]);
  });
});

describe('the first debt fixes document, bankCode and account', () => {
  test('409 names the fields; they may be sent as they are, and all others changed', async () => {
    const { body, etag } = await register();
    await insertDebt(database.dataSource, { issuerId: body.id });

    const refused = await change(body.id, etag, {
      name: 'Outro',
      document: cnpjFrom(698),
      bankCode: '341',
      account: ITAU,
    });
    expect([refused.status, refused.body.code]).toEqual([409, 'ISSUER_FIELD_FIXED']);
    expect(refused.body.errors?.map(({ field }) => field)).toEqual([
      'document',
      'bankCode',
      'account.agencia',
      'account.conta',
      'account.contaDv',
      'account.carteira',
      'account.convenio',
    ]);
    // Also a value that would be refused for itself.
    expect((await change(body.id, etag, { account: { contaDv: '1' } })).body.errors).toMatchObject([
      { field: 'account.contaDv', code: 'fixed' },
    ]);
    expect((await found(body.id)).body).toEqual(body);

    const { document, bankCode, account } = body;
    const kept = await change(body.id, etag, { name: 'Outro', document, bankCode, account, nextNossoNumero: '800' });
    expect(kept).toMatchObject({ status: 200, body: { name: 'Outro', nextNossoNumero: '800' } });
  });

  test.each([
    ['received', 'process', 409],
    ['splitting', 'process', 409],
    ['received', 'validate', 200],
    ['cancelled', 'process', 200],
  ] as const)('a batch that is %s, to %s, answers %i', async (status, mode, expected) => {
    const { body, etag } = await register();
    await insertBatch(database.dataSource, { issuerId: body.id, status, mode });
    expect((await change(body.id, etag, { document: cnpjFrom(697) })).status).toBe(expected);
  });

  test('an upload that is being stored is waited for', async () => {
    const { body, etag } = await register();
    const runner = database.dataSource.createQueryRunner();
    await runner.startTransaction();
    await insertBatch(runner, { issuerId: body.id });

    const changing = change(body.id, etag, { account: { convenio: '2999997' } });
    await waitFor(
      async () =>
        (await rowsOf(`select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`))
          .length > 0,
      { describe: 'the change to wait' },
    );
    await runner.commitTransaction();
    await runner.release();

    expect(await changing).toMatchObject({ status: 409, body: { code: 'ISSUER_FIELD_FIXED' } });
  });
});
