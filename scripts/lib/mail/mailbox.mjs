import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

const headBytesMax = 16 * 1024;

/** The messages of a mailbox folder, oldest first. @param {string} folder */
export function messageFiles(folder) {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.eml'))
    .toSorted();
}

/**
 * The header fields of a message, names in lower case, long lines joined; the first one counts where a name repeats.
 * @param {Buffer} head at least the whole header
 * @returns {Map<string, string>}
 */
export function parseHeaders(head) {
  const text = head.toString('utf8');
  const end = text.search(/\r?\n\r?\n/);
  const lines = (end === -1 ? text : text.slice(0, end)).replaceAll(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  /** @type {Map<string, string>} */ const headers = new Map();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    if (!headers.has(name)) headers.set(name, line.slice(colon + 1).trim());
  }
  return headers;
}

/** @param {string} path of one message */
export async function readHeaders(path) {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytesMax), 0, headBytesMax, 0);
    return parseHeaders(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

/**
 * How many different messages were delivered, by Message-ID.
 * @param {string} folder
 * @param {{ among?: ReadonlySet<string> | undefined }} [filter] only these Message-IDs
 */
export function countDelivered(folder, { among } = {}) {
  const ids = new Set();
  const buffer = Buffer.alloc(headBytesMax);
  for (const name of messageFiles(folder)) {
    const file = openSync(join(folder, name), 'r');
    const headers = parseHeaders(buffer.subarray(0, readSync(file, buffer, 0, headBytesMax, 0)));
    closeSync(file);
    const id = headers.get('message-id') ?? name;
    if (among === undefined || among.has(id)) ids.add(id);
  }
  return ids.size;
}
