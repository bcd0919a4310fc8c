import { userInfo } from 'node:os';
import { codeOf, messageOf } from '../run/errors.mjs';
import { UserError } from '../run/user-error.mjs';
import { findRunning, keyHeader } from '../system/api-key.mjs';
import { patientRequest } from '../system/patient-request.mjs';
import { readCommand, usage } from './ops-arguments.mjs';
import { show } from './ops-tables.mjs';

/**
 * Runs one command and gives the exit code: 0 done, 1 refused (also when only some letters were), 2 a wrong command
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
    const answer = await send(command);
    out(command.json ? JSON.stringify(answer) : show[command.answer](answer));
    return command.answer === 'result' && Object.keys(answer.refusals).length > 0 ? 1 : 0;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    err(error.message);
    return error.exitCode;
  }
}

/** @param {import('./ops-arguments.mjs').Command} command */
async function send({ method, path, body, background, url, operator }) {
  const running = findRunning();
  const base = url ?? running?.url;
  if (base === undefined) throw new UserError('No stack of this checkout is up. Say where: --url http://host:3000');
  const text = await answerOf(base, path, {
    method,
    headers: {
      ...keyHeader(base),
      'x-operator': operator ?? userInfo().username,
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
  let response;
  try {
    response = await patientRequest(`${base.replace(/(?<!\/)\/+$/, '')}${path}`, init);
  } catch (error) {
    throw new UserError(`${base} does not answer: ${messageOf(error) || String(codeOf(error))}`, { cause: error });
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
