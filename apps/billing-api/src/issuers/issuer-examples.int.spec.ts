import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { banks } from '#boleto';
import { createTestDatabase, insertDebt, postJson, type TestDatabase } from '#testing';
import { startApp, type RunningApp } from '../billing-api.fixture.ts';

const project = fileURLToPath(new URL('../../../../', import.meta.url));
const folder = `${project}docs/examples/issuers/`;
const files = readdirSync(folder).toSorted();

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

/** npm run issuers -- ARGS. */
async function issuers(args: readonly string[], input = '') {
  vi.stubEnv('BILLING_API_KEY', api.key);
  const child = spawn(process.execPath, [`${project}scripts/issuers.mjs`, ...args]);
  child.stdin.end(input);
  const [printed, complained, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { exitCode: Number(exitCode), printed: linesOf(printed), complained: linesOf(complained) };
}

function linesOf(output: string): readonly string[] {
  return output.split('\n').filter((line) => line !== '');
}

test('there is an example for each bank', () => {
  expect(files.map((file) => file.slice(0, 3))).toEqual(
    banks()
      .map(({ code }) => code)
      .toSorted(),
  );
});

test.each(files)('the example %s is accepted', async (file) => {
  const issuer = JSON.parse(readFileSync(folder + file, 'utf8')) as object;
  const response = await postJson(`${origin}/v1/issuers`, issuer);

  expect([response.status, await response.json()]).toMatchObject([201, { bankCode: file.slice(0, 3) }]);
});

test('the command registers the issuers of files and of standard input, and lists all', async () => {
  const url = ['--url', `${origin}/`];
  const created = await issuers(['create', ...files.map((file) => folder + file), ...url]);
  expect(created).toMatchObject({ exitCode: 0, complained: [] });
  expect(created.printed.map((line) => line.split('  ')[1])).toEqual(files.map((file) => file.slice(0, 3)));

  const [first = ''] = files;
  const another = { ...(JSON.parse(readFileSync(folder + first, 'utf8')) as object), name: 'Zeladoria Exemplo' };
  const fromInput = await issuers(['create', '-', ...url], JSON.stringify(another));
  expect([fromInput.exitCode, fromInput.printed]).toEqual([0, [expect.stringContaining('Zeladoria Exemplo')]]);

  const listed = await issuers(['list', ...url]);
  expect(listed.printed).toEqual(expect.arrayContaining([...created.printed, ...fromInput.printed]));
});

test('the command changes an issuer by its id, and says what cannot be changed', async () => {
  const url = ['--url', origin];
  const { printed } = await issuers(['create', `${folder}341-itau.json`, ...url]);
  const [id = ''] = printed[0]?.split('  ') ?? [];

  const changed = await issuers(['change', id, '-', ...url], JSON.stringify({ name: 'Nome Novo' }));
  expect([changed.exitCode, changed.printed]).toEqual([0, [expect.stringMatching(`^${id} .*Nome Novo$`)]]);

  await insertDebt(database.dataSource, { issuerId: id });
  const refused = await issuers(['change', id, '-', ...url], JSON.stringify({ account: { agencia: '58' } }));
  expect(refused).toMatchObject({
    exitCode: 1,
    printed: [],
    complained: expect.arrayContaining(['-: account.agencia cannot be changed after the first debt']) as unknown,
  });
});

test('the command says what is wrong, a field a line', async () => {
  const issuer = { ...(JSON.parse(readFileSync(`${folder}341-itau.json`, 'utf8')) as object), pix: { key: 'x' } };
  const refused = await issuers(['create', '-', '--url', origin], JSON.stringify({ ...issuer, document: '1' }));
  expect(refused).toMatchObject({
    exitCode: 1,
    printed: [],
    complained: ['-: document must be a CPF or a CNPJ', expect.stringContaining('-: pix.key must be a Pix key')],
  });
});

test.each([
  [['create', '-'], '{', 1, '- is not JSON'],
  [['create', '-'], '[]', 1, '- must hold one JSON object'],
  [['create', 'absent.json'], '', 1, 'absent.json cannot be read'],
  [['create'], '', 2, 'Usage'],
  [['change', 'x'], '', 2, 'Usage'],
  [['change', 'x', '-'], '{}', 1, 'ID_INVALID'],
  [['list', '--all'], '', 2, 'Unknown option'],
])('the command %j with input %j exits with %i: %s', async (args, input, exitCode, complaint) => {
  const outcome = await issuers([...args, '--url', origin], input);
  expect([outcome.exitCode, outcome.complained[0]]).toEqual([exitCode, expect.stringContaining(complaint)]);
});

test('the command says when no gateway answers', async () => {
  const outcome = await issuers(['list', '--url', 'http://127.0.0.1:1']);
  expect([outcome.exitCode, outcome.complained]).toEqual([1, [expect.stringContaining('does not answer')]]);
});
