import type { DataSource } from 'typeorm';
import { expect, test } from 'vitest';
import { runMigrations } from '#database';
import { cnpjFrom, testEmptyDatabase } from '#testing';

const NAME = 'numbers-of-the-account-0000000000012';

async function undone({ dataSource }: { readonly dataSource: DataSource }): Promise<void> {
  const isDone = async () =>
    (await dataSource.query<unknown[]>('select from schema_migrations where name = $1', [NAME])).length > 0;
  while (await isDone()) await dataSource.undoLastMigration({ transaction: 'each' });
}

/** A database as the previous version left it. */
async function oldDatabase(): Promise<DataSource> {
  const { dataSource } = await testEmptyDatabase();
  await runMigrations(dataSource);
  await undone({ dataSource });
  return dataSource;
}

async function register(dataSource: DataSource, bankCode: string, account: object, next = 1): Promise<string> {
  const [row]: { id: string }[] = await dataSource.query(
    `insert into issuers (id, name, document, address, bank_code, account, next_nosso_numero)
     values (gen_random_uuid(), 'Exemplo', $1, '{}', $2, $3, $4) returning id`,
    [cnpjFrom(1), bankCode, account, next],
  );
  return row?.id ?? '';
}

async function counterOf(dataSource: DataSource, issuerId: string): Promise<{ id: string; next: string }> {
  const [row]: { id: string; next: string }[] = await dataSource.query(
    `select a.id, a.next_nosso_numero as next from bank_accounts a join issuers i on i.bank_account_id = a.id where i.id = $1`,
    [issuerId],
  );
  return row ?? { id: '', next: '' };
}

const ITAU = { agencia: '0057', conta: '12345', carteira: '109' };

test('issuers of one account continue above all their numbers, also after undoing the migration', async () => {
  const dataSource = await oldDatabase();
  const one = await register(dataSource, '341', ITAU, 42);
  const other = await register(dataSource, '341', { ...ITAU, agencia: '57' }, 7);
  const apart = await register(dataSource, '341', { ...ITAU, carteira: '175' }, 3);
  await runMigrations(dataSource);
  expect(await counterOf(dataSource, other)).toEqual(await counterOf(dataSource, one));
  expect((await counterOf(dataSource, one)).next).toBe('42');
  expect((await counterOf(dataSource, apart)).next).toBe('3');

  // The previous version can register issuers, but its numbers of an issuer are refused, to be tried again.
  const late = await register(dataSource, '341', ITAU, 50);
  expect((await counterOf(dataSource, late)).next).toBe('50');
  await expect(
    dataSource.query('update issuers set next_nosso_numero = next_nosso_numero + 1 where id = $1', [one]),
  ).rejects.toMatchObject({ driverError: { code: '40001' } });

  await undone({ dataSource });
  const numbers: { id: string; next: string }[] = await dataSource.query(
    'select id, next_nosso_numero as next from issuers',
  );
  expect(new Map(numbers.map(({ id, next }) => [id, next]))).toEqual(
    new Map([
      [one, '50'],
      [other, '50'],
      [late, '50'],
      [apart, '3'],
    ]),
  );
});

test('sicredi-ano-errado: the migration puts the year before the counter, and undoing removes it', async () => {
  const dataSource = await oldDatabase();
  const account = { agencia: '0156', posto: '05', codigoBeneficiario: '85305', carteira: '1' };
  const one = await register(dataSource, '748', { ...account, ano: '25' }, 900);
  const other = await register(dataSource, '748', { ...account, ano: '26' }, 12);
  await runMigrations(dataSource);
  const year = (new Date().getFullYear() - 2000).toString();
  expect((await counterOf(dataSource, one)).next).toBe(`${year}000900`);
  expect(await counterOf(dataSource, other)).toEqual(await counterOf(dataSource, one));
  await undone({ dataSource });
  expect(await dataSource.query('select distinct next_nosso_numero as next from issuers')).toEqual([{ next: '900' }]);
});

const ALL = {
  agencia: '1',
  conta: '2',
  carteira: '3',
  convenio: '4',
  codigoBeneficiario: '5',
  operacao: '6',
  posto: '7',
  ano: '26',
};

test.each([
  ['001', ['convenio']],
  ['033', ['codigoBeneficiario']],
  ['041', ['agencia', 'codigoBeneficiario']],
  ['077', ['agencia', 'operacao', 'carteira']],
  ['084', ['agencia', 'conta', 'carteira']],
  ['085', ['agencia', 'conta']],
  ['104', ['codigoBeneficiario']],
  ['237', ['agencia', 'conta', 'carteira']],
  ['341', ['agencia', 'conta', 'carteira']],
  ['422', ['agencia', 'conta']],
  ['707', ['agencia', 'operacao', 'carteira']],
  ['748', ['agencia', 'posto', 'codigoBeneficiario']],
  ['756', ['agencia', 'codigoBeneficiario']],
] as const)('an account of bank %s is named by %j', async (bankCode, fields) => {
  const { dataSource } = await testEmptyDatabase();
  await runMigrations(dataSource);
  const original = (await counterOf(dataSource, await register(dataSource, bankCode, ALL))).id;
  for (const field of Object.keys(ALL) as (keyof typeof ALL)[]) {
    const changed = await counterOf(dataSource, await register(dataSource, bankCode, { ...ALL, [field]: '99' }));
    expect([field, changed.id !== original]).toEqual([field, (fields as readonly string[]).includes(field)]);
    const padded = await counterOf(
      dataSource,
      await register(dataSource, bankCode, { ...ALL, [field]: `00${ALL[field]}` }),
    );
    expect([field, padded.id]).toEqual([field, original]);
  }
});
