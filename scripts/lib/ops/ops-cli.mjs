import { setTimeout as delay } from 'node:timers/promises';
import { codeOf, messageOf } from '../run/errors.mjs';
import { UserError } from '../run/user-error.mjs';
import { findRunning, keyHeader } from '../system/api-key.mjs';
import { patientRequest } from '../system/patient-request.mjs';
import { readCommand, usage } from './ops-arguments.mjs';
import { show } from './ops-tables.mjs';
import { verifyAudit } from './verify-audit.mjs';

/** For how long an event may be without a seal. dispatcher seals once a second. */
const SEAL_PATIENCE_MS = 15_000;
/** Many pages of a list meet the limit of requests a second. */
const LIMITED_RETRIES_MAX = 60;
const LIMITED_WAIT_MS = 1_000;

/**
 * Runs one command and gives the exit code: 0 done, 1 refused (also when only some letters were) or not as
 * it was sealed, 2 a wrong command
 * line.
 * @param {readonly string[]} args
 * @param {{ out: (text: string) => void, err: (text: string) => void }} streams
 */
export async function runOps(args, { out, err }) {
  try {
    const command = readCommand(args);
    if (command === undefined) {
      out(usage);
      return 0;
    }
    const answer = command.verify === undefined ? await send(command) : await verify(command.url, command.verify);
    out(command.json ? JSON.stringify(answer) : show[command.answer](answer));
    if (command.answer === 'verified') return answer.fault === null ? 0 : 1;
    return command.answer === 'result' && Object.keys(answer.refusals).length > 0 ? 1 : 0;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    err(error.message);
    return error.exitCode;
  }
}

/**
 * @param {string | undefined} url
 * @param {{ root?: string | undefined, plane?: string | undefined }} options
 * @returns {Promise<any>}
 */
async function verify(url, options) {
  const ask = (/** @type {string} */ path) => send({ method: 'GET', path, url });
  return await verifyAudit(ask, { ...options, patienceMs: SEAL_PATIENCE_MS });
}

/** @param {Pick<import('./ops-arguments.mjs').Command, 'method' | 'path' | 'body' | 'background' | 'url'>} command */
async function send({ method, path, body, background, url }) {
  const running = findRunning();
  const base = url ?? running?.url;
  if (base === undefined) throw new UserError('No stack of this checkout is up. Say where: --url http://host:3000');
  const text = await answerOf(base, path, {
    method,
    headers: {
      ...keyHeader(base),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(background ? { prefer: 'respond-async' } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return JSON.parse(text);
}

/**
 * @param {string} base
 * @param {string} path
 * @param {Parameters<typeof patientRequest>[1]} init
 */
async function answerOf(base, path, init) {
  let response = await answered(base, path, init);
  const retries = init?.method === 'GET' ? LIMITED_RETRIES_MAX : 0;
  for (let n = 1; response.status === 429 && n <= retries; n += 1) {
    await delay(LIMITED_WAIT_MS);
    response = await answered(base, path, init);
  }
  const { text } = response;
  if (response.ok) return text;
  let problem;
  try {
    problem = JSON.parse(text);
  } catch {
    throw new UserError(`${base} answered ${String(response.status)}, and it is not the gateway.`);
  }
  throw new UserError(`${problem.code}: ${problem.detail ?? problem.title}`);
}

/**
 * @param {string} base
 * @param {string} path
 * @param {Parameters<typeof patientRequest>[1]} init
 */
async function answered(base, path, init) {
  try {
    return await patientRequest(`${base.replace(/(?<!\/)\/+$/, '')}${path}`, init);
  } catch (error) {
    throw new UserError(`${base} does not answer: ${messageOf(error) || String(codeOf(error))}`, { cause: error });
  }
}
