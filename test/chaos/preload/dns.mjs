/**
 * Loaded into an app before its own code: host names below `chaos.test` are 127.0.0.1, unless the file of
 * CHAOS_DNS_FILE (JSON: host name to error code) says that they cannot be resolved.
 */
import { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import dns from 'node:dns';

const file = process.env.CHAOS_DNS_FILE;
const domain = '.chaos.test';
const address = '127.0.0.1';

/** @returns {Error | undefined} */
function failureOf(host, syscall) {
  const code = JSON.parse(readFileSync(file, 'utf8'))[host];
  if (code === undefined) return undefined;
  process.stderr.write(`chaos: ${host} was not resolved: ${code}\n`);
  return Object.assign(new Error(`${syscall} ${code} ${host}`), { code, syscall, hostname: host });
}

function lookup(real, host, options, callback) {
  if (!String(host).endsWith(domain)) return real(host, options, callback);
  const done = typeof options === 'function' ? options : callback;
  const isAll = typeof options === 'object' && options.all === true;
  process.nextTick(() => {
    const failure = failureOf(host, 'getaddrinfo');
    if (failure !== undefined) done(failure);
    else if (isAll) done(null, [{ address, family: 4 }]);
    else done(null, address, 4);
  });
  return {};
}

function resolve(real, family, host, ...rest) {
  if (!String(host).endsWith(domain)) return real(host, ...rest);
  process.nextTick(() => {
    const failure = failureOf(host, `query${family === 4 ? 'A' : 'Aaaa'}`);
    rest.at(-1)(failure ?? null, failure === undefined ? (family === 4 ? [address] : []) : undefined);
  });
  return {};
}

if (file !== undefined) {
  const { lookup: realLookup } = dns;
  dns.lookup = (host, options, callback) => lookup(realLookup, host, options, callback);
  syncBuiltinESMExports();
  // nodemailer asks a resolver of its own before it asks the system.
  const { prototype } = dns.Resolver;
  const { resolve4, resolve6 } = prototype;
  prototype.resolve4 = function resolveOld(...args) {
    return resolve(resolve4.bind(this), 4, ...args);
  };
  prototype.resolve6 = function resolveNew(...args) {
    return resolve(resolve6.bind(this), 6, ...args);
  };
}
