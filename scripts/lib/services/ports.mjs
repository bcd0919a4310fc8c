import { createServer } from 'node:net';

// Below the range from which systems take the ports of outgoing connections: a port chosen there could be lent to one
// of our own database connections before its server starts to listen.
const lowest = 15_000;
const highest = 31_999;
const attemptsMax = 200;

/**
 * Ports, as many as were asked for, where that is known.
 * @template {number} N
 * @typedef {N extends 1 ? [number] : N extends 2 ? [number, number]
 *   : N extends 5 ? [number, number, number, number, number] : number[]} Ports
 */

/**
 * Different free ports, chosen at random so that several checkouts do not collide.
 * @template {number} N
 * @param {N} count
 * @returns {Promise<Ports<N>>}
 */
export async function freePorts(count) {
  const servers = /** @type {Map<number, import('node:net').Server>} */ (new Map());
  for (let attempt = 0; servers.size < count && attempt < attemptsMax; attempt += 1) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest + 1));
    if (servers.has(port)) continue;
    const server = await listen(port);
    if (server !== undefined) servers.set(port, server);
  }
  await Promise.all([...servers.values()].map((server) => new Promise((resolve) => void server.close(resolve))));
  if (servers.size < count) throw new Error(`no free port between ${String(lowest)} and ${String(highest)}`);
  return /** @type {Ports<N>} */ ([...servers.keys()]);
}

/**
 * All addresses, so that a port counts as taken when any server listens on one of them.
 * @param {number} port
 */
function listen(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '0.0.0.0' }, () => resolve(server));
  });
}
