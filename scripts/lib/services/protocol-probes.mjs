import { connect } from 'node:net';

/**
 * True if a PostgreSQL that accepts sessions answers there: it asks for a password or lets the client in. One that is
 * still starting sends an error instead.
 * @param {{ host: string, port: number }} address
 */
export function postgresAnswers(address) {
  const parameters = Buffer.from('user\0probe\0database\0probe\0\0');
  const head = Buffer.alloc(8);
  head.writeInt32BE(head.length + parameters.length, 0);
  head.writeInt32BE(0x0003_0000, 4);
  return firstBytes(address, Buffer.concat([head, parameters])).then((bytes) => {
    if (bytes === undefined) return false;
    if (bytes[0] === 0x52) return true; // 'R': authentication request
    // 'E': 28xxx (login refused) and 3D000 (no such database) come from a server that is up; 57P03 is one starting.
    return bytes[0] === 0x45 && !bytes.toString('latin1').includes('57P0');
  });
}

/**
 * True if an AMQP 0-9-1 broker answers there: it opens the conversation with a method frame (Connection.Start).
 * @param {{ host: string, port: number }} address
 */
export function amqpAnswers(address) {
  return firstBytes(address, Buffer.from('AMQP\0\0\u0009\u0001', 'latin1')).then((bytes) => bytes?.[0] === 1);
}

/**
 * @param {{ host: string, port: number }} options
 * @param {Buffer} greeting
 * @returns {Promise<Buffer | undefined>}
 */
function firstBytes({ host, port }, greeting) {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2000 }, () => socket.write(greeting));
    const finish = (/** @type {Buffer | undefined} */ value) => {
      socket.destroy();
      resolve(value);
    };
    socket.once('data', finish);
    socket.once('error', () => finish(undefined));
    socket.once('close', () => finish(undefined));
    socket.once('timeout', () => finish(undefined));
  });
}
