import { spawn } from 'node:child_process';
import { json } from 'node:stream/consumers';
import { findProgram } from '../run/commands.mjs';
import { projectFolder } from '../run/paths.mjs';
import { UserError } from '../run/user-error.mjs';

/** The severities that fail the check. docs/security.md says how soon each one must be dealt with. */
const SERIOUS = new Set(['high', 'critical']);

/** The answers of a registry, or of a proxy in front of it, that has no such service. */
const NOT_SERVED_STATUSES = new Set([403, 404, 405, 410, 501]);

/** The failures of a machine that does not reach the service. */
const NOT_REACHED_CODES = new Set(['EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'ENETUNREACH', 'ENOTFOUND', 'ETIMEDOUT']);

/**
 * @typedef {object} Verdict
 * @property {readonly string[]} findings what must be dealt with
 * @property {string} [notServed] why nothing is known
 */

/**
 * A package that only depends on a vulnerable one has its name in place of an advisory.
 * @typedef {{ name: string, severity: string, title: string, url: string }} Advisory
 */

/**
 * The parts of npm's JSON that are read here.
 * @typedef {object} NpmAnswer
 * @property {number} [auditReportVersion]
 * @property {Record<string, { via: readonly (string | Advisory)[] }>} [vulnerabilities]
 * @property {number} [statusCode]
 * @property {{ code?: string, summary?: string }} [error]
 * @property {string} [message]
 * @property {{ name: string, version: string }[]} [invalid]
 */

/**
 * The verdict of `npm audit --json`.
 * @param {NpmAnswer} answer
 * @returns {Verdict}
 */
export function readAudit(answer) {
  if (answer.auditReportVersion === undefined) return unanswered(answer);
  const advisories = Object.values(answer.vulnerabilities ?? {}).flatMap(({ via }) =>
    via.flatMap((each) => (typeof each === 'string' || !SERIOUS.has(each.severity) ? [] : [each])),
  );
  return { findings: advisories.map(({ name, severity, title, url }) => `${name}: ${severity}: ${title} (${url})`) };
}

/**
 * The verdict of `npm audit signatures --json`.
 * @param {NpmAnswer} answer
 * @returns {Verdict}
 */
export function readSignatures(answer) {
  if (answer.invalid === undefined) return unanswered(answer);
  return { findings: answer.invalid.map(({ name, version }) => `${name} ${version}: its signature is wrong`) };
}

/**
 * Only an absent service passes. Any other failure of npm is a finding, because the check did not run.
 * @param {NpmAnswer} answer
 * @returns {Verdict}
 */
function unanswered({ statusCode, error, message }) {
  if (statusCode !== undefined && NOT_SERVED_STATUSES.has(statusCode))
    return { findings: [], notServed: `the registry answers ${String(statusCode)}` };
  if (error?.code !== undefined && NOT_REACHED_CODES.has(error.code)) return { findings: [], notServed: error.code };
  return { findings: [`npm failed: ${message ?? error?.summary ?? 'without a reason'}`] };
}

/**
 * Runs npm and returns the JSON that it prints.
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<NpmAnswer>}
 */
export async function askNpm(args, env = process.env) {
  const program = findProgram('npm');
  if (program === undefined) throw new UserError('npm not found: install Node.js with npm, then run this again');
  const child = spawn(program, [...args, '--json', '--fetch-retries=0'], {
    cwd: projectFolder,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return /** @type {NpmAnswer} */ (await json(child.stdout));
}
