import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

// Computes every digest and root for itself: nothing of the product is trusted but its answers.

const NO_ROOT = '0'.repeat(64);
const POLL_MS = 500;

/** @typedef {{ seq: number, at: string, prev: string, root: string, events: { id: string, digest: string }[] }} Seal */
/** Answers a GET with JSON. @typedef {(path: string) => Promise<any>} Ask */

/**
 * @typedef {object} Verified
 * @property {number} events
 * @property {string | null} fault The first thing that is not as it was sealed.
 * @property {number} seals The number of the last seal that is good.
 * @property {string} root Its root.
 */

/**
 * Reads all events and seals of a chain, and recomputes them. Events that no seal has are waited for, because
 * dispatcher seals once a second.
 * @param {Ask} ask
 * @param {{ root?: string | undefined, plane?: string | undefined, patienceMs: number }} options `root` is one that the
 *   log has: a seal must have it.
 * @returns {Promise<Verified>}
 */
export async function verifyAudit(ask, { root, plane, patienceMs }) {
  const query = new URLSearchParams(plane === undefined ? {} : { plane });
  // Seals come first, so that each event that they name is among the events that are read after them.
  let seals = await all(ask, '/v1/audit-seals', query, { limit: '50' });
  const digests = new Map(await all(ask, '/v1/audit-events', query, { limit: '500' }, digestOf));
  const events = digests.size;
  const roots = new Set();
  let last = { seq: 0, root: NO_ROOT };
  const result = (/** @type {string | null} */ fault) => ({ events, fault, seals: last.seq, root: last.root });

  const giveUpAt = Date.now() + patienceMs;
  for (;;) {
    for (const seal of seals) {
      const fault = faultOf(seal, last, digests);
      if (fault !== undefined) return result(fault);
      for (const { id } of seal.events) digests.delete(id);
      roots.add(seal.root);
      last = seal;
    }
    if (digests.size === 0 || Date.now() >= giveUpAt) break;
    await delay(POLL_MS);
    // The cursor of a page of seals is the number of its last one.
    seals = await all(ask, '/v1/audit-seals', query, { limit: '50', cursor: String(last.seq) });
  }
  const [unsealed] = digests.keys();
  if (unsealed !== undefined) {
    return result(`event ${unsealed} is in no seal: it was added by hand, or dispatcher does not run`);
  }
  if (root !== undefined && !roots.has(root.toLowerCase())) {
    return result(`no seal has the root ${root}: the chain has lost its end, or was written anew`);
  }
  return result(null);
}

/**
 * The fault of a seal or its events; undefined if there is none.
 * @param {Seal} seal
 * @param {{ seq: number, root: string }} last the seal before it
 * @param {ReadonlyMap<string, string>} digests those of the events that are in no seal before it
 */
function faultOf(seal, last, digests) {
  const name = `seal ${String(seal.seq)}`;
  if (seal.seq !== last.seq + 1)
    return `seal ${String(last.seq + 1)} is missing: ${name} comes after ${String(last.seq)}`;
  if (seal.prev !== last.root) return `${name} does not follow the seal before it`;
  if (rootOf(seal) !== seal.root) return `${name} was changed`;
  const odd = seal.events.find(({ id, digest }) => digests.get(id) !== digest);
  if (odd === undefined) return undefined;
  return `event ${odd.id} of ${name} ${digests.has(odd.id) ? 'was changed' : 'is missing'}`;
}

/**
 * All items of a list.
 * @param {Ask} ask
 * @param {string} path
 * @param {URLSearchParams} query
 * @param {Record<string, string>} page limit, and the cursor to begin at
 * @param {(item: any) => any} [keep] what is kept of an item
 * @returns {Promise<any[]>}
 */
async function all(ask, path, query, page, keep = (item) => item) {
  const kept = [];
  for (let next = page; ;) {
    const { items, nextCursor } = await ask(
      `${path}?${String(new URLSearchParams({ ...Object.fromEntries(query), ...next }))}`,
    );
    for (const item of items) kept.push(keep(item));
    if (nextCursor === null) return kept;
    next = { ...page, cursor: nextCursor };
  }
}

/**
 * @param {{ id: string }} event
 * @returns {[string, string]}
 */
function digestOf(event) {
  return [event.id, createHash('sha256').update(canonicalJson(event)).digest('hex')];
}

/** @param {Seal} seal */
function rootOf({ seq, at, prev, events }) {
  return createHash('sha256')
    .update(Buffer.from(prev, 'hex'))
    .update(canonicalJson([seq, at, events.map(({ id }) => id)]))
    .update(Buffer.from(events.map(({ digest }) => digest).join(''), 'hex'))
    .digest('hex');
}

/**
 * JSON without spaces, names in the order of their UTF-16 units.
 * @param {unknown} value
 * @returns {string}
 */
function canonicalJson(value) {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`).join(',')}}`;
}
