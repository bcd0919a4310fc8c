import { randomBytes, randomUUID } from 'node:crypto';
import type { BatchStatus, Mode, Stage } from '#contracts';
import type { Db } from '#database';
import { DEFAULT_PROFILE, type Profile } from '#debts-csv';
import { cnpjFrom, cpfFrom } from './documents.ts';

/** The connection through which builders write: a DataSource, or a transaction's EntityManager. */
export type Writer = Db;

let sequence = 0;

/** A number that is new in this test file. */
function next(): number {
  sequence += 1;
  return sequence;
}

function toParameter(value: unknown): unknown {
  const isJson = typeof value === 'object' && value !== null && !(value instanceof Date) && !Buffer.isBuffer(value);
  return isJson ? JSON.stringify(value) : value;
}

async function insert(tx: Writer, table: string, row: object, returning = ''): Promise<readonly unknown[]> {
  const given = Object.entries(row).filter(([, value]) => value !== undefined);
  const columns = given.map(([key]) => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
  const places = columns.map((_, at) => `$${(at + 1).toString()}`);
  const rows: unknown = await tx.query(
    `insert into ${table} (${columns.join(', ')}) values (${places.join(', ')}) ${returning}`,
    given.map(([, value]) => toParameter(value)),
  );
  return Array.isArray(rows) ? rows : [];
}

async function insertReturningId<T extends object>(tx: Writer, table: string, row: T): Promise<T & { id: string }> {
  const [first] = (await insert(tx, table, row, 'returning id')) as readonly { id: string }[];
  if (first === undefined) throw new Error(`${table}: nothing was inserted`);
  return { ...row, id: first.id };
}

/** The organization that always exists. */
export const DEFAULT_ORGANIZATION_ID = '00000000-0000-4000-8000-000000000001';

function organizationDefaults() {
  const id: string = randomUUID();
  return { id, name: 'Exemplo Ltda', slug: `o-${id}`, status: 'active', limits: {} as object };
}

/** Inserts an organization without limits of its own. */
export async function insertOrganization(
  tx: Writer,
  overrides: Partial<ReturnType<typeof organizationDefaults>> = {},
): Promise<ReturnType<typeof organizationDefaults>> {
  const row = { ...organizationDefaults(), ...overrides };
  await insert(tx, 'organizations', row);
  return row;
}

function issuerDefaults() {
  return {
    id: randomUUID() as string,
    /** Undefined: the default one, also in a database that is older than organizations. */
    organizationId: undefined as string | undefined,
    name: 'Mensalidades Exemplo Ltda',
    document: cnpjFrom(next()),
    address: {
      street: 'Rua das Acácias, 100',
      district: 'Centro',
      city: 'São Paulo',
      state: 'SP',
      postalCode: '01001000',
    } as object,
    bankCode: '001',
    account: {
      agencia: '1234',
      agenciaDv: '3',
      conta: '12345678',
      contaDv: '9',
      carteira: '17',
      variacao: '019',
      // A convênio of its own, because issuers of one account share its numbers.
      convenio: (1_000_000 + (next() % 9_000_000)).toString(),
    } as object,
    especie: 'DM',
    instructions: [] as readonly string[],
    fees: {} as object,
    registration: 'none' as 'none' | 'bank',
    nextNossoNumero: 1n,
    mapping: null as object | null,
    pix: null as object | null,
    logo: null as Buffer | null,
    sacador: null as object | null,
  };
}

/** Inserts an issuer at Banco do Brasil with a convênio of 7 digits, of the default organization. */
export async function insertIssuer(
  tx: Writer,
  overrides: Partial<ReturnType<typeof issuerDefaults>> & { readonly organizationId?: string } = {},
): Promise<ReturnType<typeof issuerDefaults>> {
  const row = { ...issuerDefaults(), ...overrides };
  await insert(tx, 'issuers', row);
  return row;
}

function batchDefaults() {
  const id: string = randomUUID();
  return {
    id,
    issuerId: '',
    fileName: 'debts.csv',
    sha256: randomBytes(32).toString('hex'),
    bytes: 1_000n,
    storageKey: `uploads/${id}.csv`,
    profile: DEFAULT_PROFILE as Profile,
    mode: 'process' as Mode,
    overrides: {} as object,
    reading: 'process strict',
    status: 'received' as BatchStatus,
    failure: null as object | null,
    dialect: null as object | null,
    columns: null as object | null,
    rowsRead: null as bigint | null,
    chunksTotal: null as number | null,
    receivedAt: new Date(),
    splittingAt: null as Date | null,
    splitAt: null as Date | null,
    completedAt: null as Date | null,
  };
}

/** Inserts a received batch without any progress. Inserts an issuer unless `issuerId` is given. */
export async function insertBatch(
  tx: Writer,
  overrides: Partial<ReturnType<typeof batchDefaults>> = {},
): Promise<ReturnType<typeof batchDefaults>> {
  const issuerId = overrides.issuerId ?? (await insertIssuer(tx)).id;
  const row = { ...batchDefaults(), ...overrides, issuerId };
  await insert(tx, 'batches', row);
  return row;
}

function chunkDefaults() {
  return {
    batchId: '',
    chunkNo: 0,
    byteOffset: 64n,
    byteLength: 1_000,
    firstLine: 2n,
    rows: 10,
    releasedAt: new Date() as Date | null,
    finishedAt: null as Date | null,
  };
}

/** Inserts a released chunk: ten rows after a header line. Inserts a batch unless `batchId` is given. */
export async function insertChunk(
  tx: Writer,
  overrides: Partial<ReturnType<typeof chunkDefaults>> = {},
): Promise<ReturnType<typeof chunkDefaults>> {
  const batchId = overrides.batchId ?? (await insertBatch(tx)).id;
  const row = { ...chunkDefaults(), ...overrides, batchId };
  await insert(tx, 'chunks', row);
  return row;
}

function chunkResultDefaults() {
  return {
    batchId: '',
    chunkNo: 0,
    stage: 'validate' as Stage,
    fromLine: 2n,
    toLine: null as bigint | null,
    rows: 10,
    accepted: 10,
    duplicate: 0,
    rejected: 0,
    dead: 0,
    centavos: null as bigint | null,
  };
}

/** Inserts the result of an existing chunk: ten rows, all accepted. */
export async function insertChunkResult(
  tx: Writer,
  overrides: Partial<ReturnType<typeof chunkResultDefaults>> & { readonly batchId: string },
): Promise<ReturnType<typeof chunkResultDefaults>> {
  const row = { ...chunkResultDefaults(), ...overrides };
  await insert(tx, 'chunk_results', row);
  return row;
}

function rejectionDefaults() {
  return {
    batchId: '',
    line: 2n,
    chunkNo: 0,
    problems: [
      { field: 'email', code: 'EMAIL_INVALID', value: 'nobody', message: 'not an e-mail address' },
    ] as readonly object[],
    raw: 'Maria,52998224725,nobody,10.00,2030-01-31,1',
  };
}

/** Inserts a rejected row of an existing chunk, with a bad e-mail. */
export async function insertRejection(
  tx: Writer,
  overrides: Partial<ReturnType<typeof rejectionDefaults>> & { readonly batchId: string },
): Promise<ReturnType<typeof rejectionDefaults>> {
  const row = { ...rejectionDefaults(), ...overrides };
  await insert(tx, 'rejections', row);
  return row;
}

function debtorDefaults() {
  return {
    issuerId: '',
    document: cpfFrom(next()),
    name: 'Maria da Silva',
    address: null as object | null,
  };
}

/** Inserts a debtor. Inserts an issuer unless `issuerId` is given. */
export async function insertDebtor(
  tx: Writer,
  overrides: Partial<ReturnType<typeof debtorDefaults>> = {},
): Promise<ReturnType<typeof debtorDefaults> & { id: string }> {
  const issuerId = overrides.issuerId ?? (await insertIssuer(tx)).id;
  return insertReturningId(tx, 'debtors', { ...debtorDefaults(), ...overrides, issuerId });
}

function debtDefaults() {
  const n = next();
  return {
    issuerId: '',
    debtId: `debt-${n.toString()}`,
    debtorId: '',
    email: `debtor${n.toString()}@example.com`,
    amountCentavos: 12_345n,
    dueDate: '2030-01-31',
    batchId: '',
    chunkNo: 0,
    line: 2n,
  };
}

/**
 * Inserts a debt of R$ 123,45, due on 31 January 2030. Inserts a batch with one chunk unless `batchId` is given (then
 * `issuerId` is needed too), and a debtor unless `debtorId` is given.
 */
export async function insertDebt(
  tx: Writer,
  overrides: Partial<ReturnType<typeof debtDefaults>> = {},
): Promise<ReturnType<typeof debtDefaults> & { id: string }> {
  const row = { ...debtDefaults(), ...overrides };
  if (overrides.issuerId === undefined) row.issuerId = (await insertIssuer(tx)).id;
  if (overrides.batchId === undefined) {
    row.batchId = (await insertBatch(tx, { issuerId: row.issuerId })).id;
    await insertChunk(tx, { batchId: row.batchId, chunkNo: row.chunkNo });
  }
  if (overrides.debtorId === undefined) row.debtorId = (await insertDebtor(tx, { issuerId: row.issuerId })).id;
  return insertReturningId(tx, 'debts', row);
}

function boletoDefaults() {
  const n = BigInt(next());
  return {
    id: randomUUID() as string,
    issuerId: '',
    debtId: '',
    batchId: '',
    chunkNo: 0,
    nossoNumero: n,
    nossoNumeroImpresso: `1234567${n.toString().padStart(10, '0')}`,
    codigoBarras: '00190000090000012345000001234567000000000117',
    linhaDigitavel: '00190000090123456700000000001173000000000012345',
    status: 'issued' as 'issued' | 'registered' | 'paid' | 'cancelled' | 'expired',
    issuedOn: '2030-01-01',
  };
}

/**
 * Inserts a boleto for a debt of insertDebt (pass it), or for a new one. Its barcode has the right length but is the
 * same for all boletos; tests of the numbers compose their own.
 */
export async function insertBoleto(
  tx: Writer,
  debt?: Awaited<ReturnType<typeof insertDebt>>,
  overrides: Partial<ReturnType<typeof boletoDefaults>> = {},
): Promise<ReturnType<typeof boletoDefaults>> {
  const { id: debtId, issuerId, batchId, chunkNo } = debt ?? (await insertDebt(tx));
  const row = { ...boletoDefaults(), debtId, issuerId, batchId, chunkNo, ...overrides };
  await insert(tx, 'boletos', row);
  return row;
}

function notificationDefaults() {
  return {
    boletoId: '',
    kind: 'boleto_issued' as const,
    batchId: '',
    recipient: 'debtor@example.com',
    status: 'pending' as 'pending' | 'sent' | 'failed',
    attempts: 0,
    messageId: `<${randomUUID()}@example.com>`,
    lastError: null as object | null,
  };
}

/**
 * Inserts a pending notification. Inserts a boleto with everything that it needs unless `boletoId` and `batchId` are
 * given.
 */
export async function insertNotification(
  tx: Writer,
  overrides: Partial<ReturnType<typeof notificationDefaults>> = {},
): Promise<ReturnType<typeof notificationDefaults>> {
  const row = { ...notificationDefaults(), ...overrides };
  if (overrides.boletoId === undefined) {
    const boleto = await insertBoleto(tx);
    row.boletoId = boleto.id;
    row.batchId = boleto.batchId;
  }
  await insert(tx, 'notifications', row);
  return row;
}
