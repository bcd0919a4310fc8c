import { parseArgs } from 'node:util';
import { messageOf } from '../run/errors.mjs';
import { UserError } from '../run/user-error.mjs';

export const usage = `Usage: npm run ops -- COMMAND [options]

  dead-letters list                 newest first; --status open|replayed|discarded|any, --limit N, --cursor ID
  dead-letters groups               by what they died of; --status, --limit N, --cursor CURSOR
  dead-letters show ID              one, with its error, its attempts and what was done to it
  dead-letters replay  SELECTION    try their messages again; --per-second N (1000)
  dead-letters discard SELECTION    put them aside
  dead-letters restore SELECTION    open discarded ones again
  dead-letters actions [ID]         what operators did, newest first, or one action; --limit N, --cursor ID
  queues                            every stage: what waits, who works on it, what died, whether it is paused
  pause STAGE [--reason TEXT]       its workers take nothing new, also after a restart
  resume STAGE
  batch cancel ID                   what was not begun will not be done
  outbox                            what waits to be published
  audit verify                      recomputes what callers did and its seals; --root HEX, --plane organization|platform

  SELECTION is ids, or filters, or --all. With --dry-run it is only counted, up to an instant: give that to the action
  with --as-of TIME, and letters that died later stay out. With --background the answer comes at once: see actions.
  Filters, also for list and groups: --queue, --batch ID, --fingerprint, --reason TEXT, --from TIME, --to TIME
  TIME looks like 2026-12-31T09:00:00Z

  --url URL        the gateway; without it, the stack of this checkout that is up
  --json           the answer as JSON instead of a table`;

const filters = /** @type {const} */ ({
  queue: 'queue',
  batch: 'batchId',
  fingerprint: 'fingerprint',
  reason: 'reason',
  from: 'from',
  to: 'to',
});
const filterNames = /** @type {(keyof typeof filters)[]} */ (Object.keys(filters));
/** @type {ReadonlySet<string>} */
const common = new Set(['url', 'json']);

const options = /** @type {const} */ ({
  queue: { type: 'string' },
  batch: { type: 'string' },
  fingerprint: { type: 'string' },
  reason: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  status: { type: 'string' },
  limit: { type: 'string' },
  cursor: { type: 'string' },
  'as-of': { type: 'string' },
  'per-second': { type: 'string' },
  url: { type: 'string' },
  root: { type: 'string' },
  plane: { type: 'string' },
  all: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  background: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
});

/** @typedef {ReturnType<typeof parse>['values']} Values */
/** A request, as one of the commands makes it. @typedef {Omit<Command, 'url' | 'json'>} Request */

/**
 * @typedef {object} Command
 * @property {'GET' | 'POST'} method
 * @property {string} path with its query
 * @property {object} [body]
 * @property {boolean} [background] asks for an answer at once, and the work in the background
 * @property {{ root?: string | undefined, plane?: string | undefined }} [verify] asks for all pages
 * @property {keyof typeof import('./ops-tables.mjs').show} answer The kind of what comes back.
 * @property {string | undefined} url
 * @property {boolean} json
 */

/**
 * The request of a command line; undefined when it asks for help. Throws a UserError that says what is wrong.
 * @param {readonly string[]} args
 * @returns {Command | undefined}
 */
export function readCommand(args) {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const [first, second, ...rest] = positionals;
  const { url, json = false } = values;
  const known = { url, json };
  if (first === 'dead-letters') return { ...deadLetters(second ?? 'nothing', rest, values), ...known };
  if (first === 'batch' && second === 'cancel') {
    refuseOthers(values, []);
    return {
      method: 'POST',
      path: `/v1/batches/${one(rest, 'the ID of a batch')}/cancel`,
      answer: 'cancelled',
      ...known,
    };
  }
  if (first === 'pause' || first === 'resume') {
    refuseOthers(values, first === 'pause' ? ['reason'] : []);
    const stage = one(positionals.slice(1), 'one STAGE: see `npm run ops -- queues`');
    const body = values.reason === undefined ? {} : { reason: values.reason };
    return { method: 'POST', path: `/v1/stages/${stage}/${first}`, body, answer: 'pause', ...known };
  }
  if (first === 'audit' && second === 'verify') return { ...verification(rest, values), ...known };
  if (first === 'queues' || first === 'outbox') {
    refuseOthers(values, []);
    if (second !== undefined) throw wrong(`${first} takes nothing more, but there is ${second}`);
    if (first === 'queues') return { method: 'GET', path: '/v1/stages', answer: 'stages', ...known };
    return { method: 'GET', path: '/v1/outbox', answer: 'outbox', ...known };
  }
  throw wrong(
    first === undefined ? 'a command is missing' : `there is no command ${positionals.slice(0, 2).join(' ')}`,
  );
}

/**
 * @param {string[]} words
 * @param {Values} values
 * @returns {Request}
 */
function verification([word], values) {
  refuseOthers(values, ['root', 'plane']);
  if (word !== undefined) throw wrong(`audit verify takes nothing more, but there is ${word}`);
  const { root, plane } = values;
  if (root !== undefined && !/^[0-9a-f]{64}$/i.test(root)) throw wrong('--root is 64 hexadecimal digits');
  if (plane !== undefined && plane !== 'organization' && plane !== 'platform') {
    throw wrong(`--plane is organization or platform, not ${plane}`);
  }
  return { method: 'GET', path: '/v1/audit-seals', answer: 'verified', verify: { root, plane } };
}

/**
 * @param {string} verb
 * @param {string[]} ids
 * @param {Values} values
 * @returns {Request}
 */
function deadLetters(verb, ids, values) {
  switch (verb) {
    case 'list':
    case 'groups': {
      const paging = /** @type {const} */ (['status', 'limit', 'cursor']);
      refuseOthers(values, [...filterNames, ...paging]);
      if (ids.length > 0) throw wrong(`dead-letters ${verb} takes no ids; use dead-letters show ID`);
      const query = new URLSearchParams(filterOf(values));
      for (const name of paging) {
        const value = values[name];
        if (value !== undefined) query.set(name, value);
      }
      const path = verb === 'list' ? '/v1/dead-letters' : '/v1/dead-letters/groups';
      return { method: 'GET', path: withQuery(path, query), answer: verb };
    }
    case 'show':
      refuseOthers(values, []);
      return { method: 'GET', path: `/v1/dead-letters/${one(ids, 'the ID of a dead letter')}`, answer: 'letter' };
    case 'replay':
    case 'discard':
    case 'restore':
      return action(verb, ids, values);
    case 'actions':
      return actions(ids, values);
    default:
      throw wrong(`dead-letters does not know ${verb}: list, groups, show, replay, discard, restore or actions`);
  }
}

/**
 * @param {string[]} ids
 * @param {Values} values
 * @returns {Request}
 */
function actions(ids, values) {
  if (ids.length > 0) {
    refuseOthers(values, []);
    return { method: 'GET', path: `/v1/dead-letters/actions/${one(ids, 'the ID of an action')}`, answer: 'action' };
  }
  const paging = /** @type {const} */ (['limit', 'cursor']);
  refuseOthers(values, paging);
  const query = new URLSearchParams();
  for (const name of paging) {
    const value = values[name];
    if (value !== undefined) query.set(name, value);
  }
  return { method: 'GET', path: withQuery('/v1/dead-letters/actions', query), answer: 'actions' };
}

/**
 * @param {string} path
 * @param {URLSearchParams} query
 */
function withQuery(path, query) {
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

/**
 * @param {string} verb
 * @param {string[]} ids
 * @param {Values} values
 * @returns {Request}
 */
function action(verb, ids, values) {
  const { all, background = false, 'dry-run': dryRun = false } = values;
  refuseOthers(values, [
    ...filterNames,
    'all',
    'as-of',
    'dry-run',
    'background',
    ...(verb === 'replay' ? ['per-second'] : []),
  ]);
  if (background && dryRun) throw wrong('--dry-run counts at once: it does not go with --background');
  const filter = filterOf(values);
  const isFiltered = Object.keys(filter).length > 0;
  const ways = [ids.length > 0, isFiltered, all === true].filter(Boolean).length;
  if (ways !== 1) throw wrong(`say which to ${verb}: ids, or filters, or --all`);
  const odd = ids.find((id) => !/^[1-9]\d{0,17}$/.test(id));
  if (odd !== undefined) throw wrong(`${odd} is no id of a dead letter`);
  const body = {
    ...(ids.length > 0 ? { ids } : isFiltered ? { filter } : { all: true }),
    ...(values['as-of'] === undefined ? {} : { asOf: values['as-of'] }),
    ...(dryRun ? { dryRun: true } : {}),
    ...(values['per-second'] === undefined ? {} : { perSecond: wholeNumber('per-second', values['per-second']) }),
  };
  const path = `/v1/dead-letters/${verb}`;
  return { method: 'POST', path, body, ...(background ? { background, answer: 'started' } : { answer: 'result' }) };
}

/**
 * @param {Values} values
 * @returns {Record<string, string>}
 */
function filterOf(values) {
  return Object.fromEntries(
    filterNames.flatMap((name) => {
      const value = values[name];
      return value === undefined ? [] : [[filters[name], value]];
    }),
  );
}

/**
 * @param {string} name
 * @param {string} text
 */
function wholeNumber(name, text) {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw wrong(`--${name} is a whole number from 1, not ${text}`);
  return Number(text);
}

/**
 * @param {readonly string[]} words
 * @param {string} what
 */
function one(words, what) {
  const [word] = words;
  if (word === undefined || words.length > 1) throw wrong(`expected ${what}`);
  if (!/^[\w.-]+$/.test(word)) throw wrong(`expected ${what}, not ${word}`);
  return word;
}

/**
 * @param {Values} values
 * @param {readonly string[]} allowed
 */
function refuseOthers(values, allowed) {
  const odd = Object.keys(values).find((name) => !allowed.includes(name) && !common.has(name));
  if (odd !== undefined) throw wrong(`--${odd} does not belong to this command`);
}

/** @param {readonly string[]} args */
function parse(args) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw wrong(messageOf(error));
  }
}

/** @param {string} message */
function wrong(message) {
  return new UserError(`${message}\n\n${usage}`, { exitCode: 2 });
}
