// npm run issuers -- create FILE.json … | create - | change ID FILE.json | list  [--url URL]
// Issuers of a running stack, over its HTTP API.
import './lib/run/on-pinned-node.mjs';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { messageOf } from './lib/run/errors.mjs';
import { UserError } from './lib/run/user-error.mjs';
import { findRunning } from './lib/system/api-key.mjs';
import { changeIssuer, createIssuer, listIssuers } from './lib/system/issuers.mjs';

const usage = `Usage: npm run issuers -- create FILE.json …   [--logo FILE] [--url URL]
       npm run issuers -- create -            [--logo FILE] [--url URL]
       npm run issuers -- change ID FILE.json [--logo FILE] [--url URL]
       npm run issuers -- list                [--url URL]

  FILE.json   an issuer as POST /v1/issuers takes it; docs/examples/issuers has one for each bank; - is standard input
              for change: the fields that are to be different, as PATCH /v1/issuers/{id} takes them; null removes one
  --logo      a PNG or JPEG file of up to 64 KiB, printed on each boleto
  --url       of the stack; without it, that of this checkout's stack, if npm start holds one up`;

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = error.exitCode;
}

/** @param {readonly string[]} args */
async function main(args) {
  const { values, positionals } = readArguments(args);
  const [command, ...files] = positionals;
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  if (command === 'list' && files.length === 0 && values.logo === undefined) return await list(urlOf(values));
  const [id, file] = files;
  if (command === 'change' && id !== undefined && file !== undefined && files.length === 2) {
    return await change(urlOf(values), id, file, values.logo);
  }
  if (command === 'create' && files.length > 0) return await createAll(urlOf(values), files, values.logo);
  throw new UserError(usage, { exitCode: 2 });
}

/** @param {string} url */
async function list(url) {
  for await (const issuer of listIssuers(url)) print(issuer);
  return 0;
}

/**
 * Sends all files even if one is refused; exit code 1 says that one was.
 * @param {string} url
 * @param {readonly string[]} files
 * @param {string | undefined} logoFile
 */
async function createAll(url, files, logoFile) {
  const logo = readLogo(logoFile);
  let code = 0;
  for (const file of files) {
    if (!report(file, await createIssuer(url, { ...readIssuer(file), ...logo }))) code = 1;
  }
  return code;
}

/**
 * @param {string} url
 * @param {string} id
 * @param {string} file
 * @param {string | undefined} logoFile
 */
async function change(url, id, file, logoFile) {
  return report(file, await changeIssuer(url, id, { ...readIssuer(file), ...readLogo(logoFile) })) ? 0 : 1;
}

/**
 * Prints the issuer, or what is wrong with it. False if it was refused.
 * @param {string} file
 * @param {import('./lib/system/issuers.mjs').Outcome} outcome
 */
function report(file, outcome) {
  if (outcome.ok) print(outcome.issuer);
  else for (const line of outcome.problems) process.stderr.write(`${file}: ${line}\n`);
  return outcome.ok;
}

/** @param {string | undefined} file */
function readLogo(file) {
  return file === undefined ? {} : { logo: readFile(file).toString('base64') };
}

/** @param {{ id: string, bankCode: string, document: string, name: string }} options */
function print({ id, bankCode, document, name }) {
  process.stdout.write(`${id}  ${bankCode}  ${document}  ${name}\n`);
}

/** @param {string} file */
function readIssuer(file) {
  const text = file === '-' ? readFileSync(0, 'utf8') : readFile(file).toString('utf8');
  let issuer;
  try {
    issuer = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${file} is not JSON: ${messageOf(error)}`, { cause: error });
  }
  if (typeof issuer === 'object' && issuer !== null && !Array.isArray(issuer)) return issuer;
  throw new UserError(`${file} must hold one JSON object`);
}

/** @param {string} file */
function readFile(file) {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/** @param {{ url?: string | undefined }} options */
function urlOf({ url }) {
  const found = url ?? findRunning()?.url;
  if (found === undefined) {
    throw new UserError('No stack of this checkout is up. Start one with npm start, or give --url http://host:port.');
  }
  if (!URL.canParse(found)) throw new UserError(`--url ${found} is not a URL`, { exitCode: 2 });
  return found.replace(/(?<!\/)\/+$/, '');
}

/** @param {readonly string[]} args */
function readArguments(args) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        url: { type: 'string' },
        logo: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UserError(`${messageOf(error)}\n\n${usage}`, { exitCode: 2, cause: error });
  }
}
