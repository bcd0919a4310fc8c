import { setTimeout as sleep } from 'node:timers/promises';
import { csvHeader, ended, goodRows, send, upload } from './client.mjs';
import { environments } from './roles.mjs';

/** With whose account a boleto would be paid to the attacker. */
const falseIssuer = {
  name: 'Receita Federal do Brasil',
  document: '00.394.460/0001-41',
  address: { street: 'Esplanada dos Ministérios', city: 'Brasília', state: 'DF', postalCode: '70048-900' },
  bankCode: '001',
  account: { agencia: '1234', conta: '12345678', carteira: '17', convenio: '9999991' },
};

/**
 * A key alone must not bring boletos of any name into the mail: an issuer is proposed to a second person, or refused.
 * @param {import('./client.mjs').Context} context
 */
async function issuerWithoutProof(context) {
  const { status, text } = await send(`${context.url}/v1/issuers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(falseIssuer),
  });
  if (status === 401 || status === 403) return undefined;
  if (status !== 201 && status !== 202) return `an issuer was answered ${String(status)}: ${text.slice(0, 120)}`;
  const { id } = JSON.parse(text);
  const answer = await upload(context, csvHeader + goodRows(1), { fields: { issuerId: String(id) } });
  return answer.status === 202 ? 'one key registers an issuer of any name and sends boletos for it' : undefined;
}

const operator = 'chefe';
const stage = 'notifier.recipients';

/**
 * The author of a record comes from the key, not from a header.
 * @param {import('./client.mjs').Context} context
 */
async function operatorHeader({ url }) {
  const headers = { 'x-operator': operator, 'content-type': 'application/json' };
  const paused = await send(`${url}/v1/stages/${stage}/pause`, { method: 'POST', headers, body: '{}' });
  // Not for a key: then no key writes such a record at all.
  if (paused.status === 403) return undefined;
  if (paused.status !== 200) return `a pause was answered ${String(paused.status)}`;
  try {
    const { text } = await send(`${url}/v1/stages`);
    return text.includes(`"by":"${operator}"`)
      ? `the header X-Operator is recorded as the author: ${operator}`
      : undefined;
  } finally {
    await send(`${url}/v1/stages/${stage}/resume`, { method: 'POST', headers });
  }
}

const files = 14;
/** Four of the window, and two of each of two splitters that began at the same moment. */
const flyingMax = 8;

/**
 * Sends more files than the window has places while no chunk is taken. Chunks of the later ones must wait as rows: in a
 * queue, the first chunk of another organization would come behind them.
 * @param {import('./client.mjs').Context} context
 */
async function manyFiles(context) {
  const url = environments(context).get('billing-api')?.['DATABASE_URL'];
  if (url === undefined || url === '') return 'no billing-api runs here whose database could be looked into';
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url, application_name: 'probe', statement_timeout: 10_000 });
  await client.connect();
  // The role of an HTTP app sees what its caller may see: here all.
  await client.query(`select set_config('app.plane', 'platform', false)`);
  /** @type {string[]} */ const sent = [];
  const validation = 'chunk-validator.chunks';
  try {
    await client.query(`insert into stage_pauses (stage, operator) values ($1, 'probe') on conflict do nothing`, [
      validation,
    ]);
    for (let at = 0; at < files; at += 1) {
      const answer = await upload(context, csvHeader + goodRows(3));
      if (answer.status !== 202) return `file ${String(at)} was answered ${String(answer.status)}`;
      sent.push(answer.text);
    }
    const ids = sent.map((text) => JSON.parse(text).id);
    const flying = await untilCut(client, ids);
    if (flying > flyingMax)
      return `${String(flying)} chunks of ${String(files)} files of one organization are in the queues at once`;
  } finally {
    await client.query('delete from stage_pauses where stage = $1', [validation]);
    await client.end();
  }
  for (const text of sent) await ended(context, text);
  return undefined;
}

/**
 * How many chunks are released when every file is cut.
 * @param {import('pg').Client} client @param {readonly string[]} ids
 */
async function untilCut(client, ids) {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const { rows } = await client.query(
      `select count(distinct batch_id)::int as cut, count(released_at)::int as flying from chunks where batch_id = any($1::uuid[])`,
      [ids],
    );
    // A moment more, in which the dispatcher would release what it may.
    if (rows[0].cut === ids.length) {
      await sleep(1_500);
      const again = await client.query(
        `select count(released_at)::int as flying from chunks where batch_id = any($1::uuid[])`,
        [ids],
      );
      return again.rows[0].flying;
    }
    if (Date.now() > deadline) throw new Error('the files were not cut in 30 s');
    await sleep(100);
  }
}

export const tenantProbes = [
  { id: 'F7', what: 'issuers without proof', run: issuerWithoutProof },
  { id: 'F20', what: 'many files of one organization', run: manyFiles },
  { id: 'F21', what: 'who a record says has acted', run: operatorHeader },
];
