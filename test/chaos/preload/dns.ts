/**
 * Loaded into an app before its own code: host names below `chaos.test` are 127.0.0.1, unless the file of
 * CHAOS_DNS_FILE (JSON: host name to error code) says that they cannot be resolved.
 */
import dns from 'node:dns';
import { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const file = process.env['CHAOS_DNS_FILE'];
const domain = '.chaos.test';
const address = '127.0.0.1';

type Done = (error: Error | null, ...answer: unknown[]) => void;
type Ask = (...args: unknown[]) => unknown;

/** The error of a host that cannot be resolved at this moment. */
function failureOf(control: string, host: string, syscall: string): Error | undefined {
  const codes = JSON.parse(readFileSync(control, 'utf8')) as Readonly<Record<string, string>>;
  const code = codes[host];
  if (code === undefined) return undefined;
  process.stderr.write(`chaos: ${host} was not resolved: ${code}\n`);
  return Object.assign(new Error(`${syscall} ${code} ${host}`), { code, syscall, hostname: host });
}

/** `dns.lookup(host, options?, done)`. */
function lookupOf(control: string, real: Ask): Ask {
  return (...args) => {
    const [host, options] = args;
    if (!String(host).endsWith(domain)) return real(...args);
    const done = args.at(-1) as Done;
    const isAll = typeof options === 'object' && options !== null && 'all' in options && options.all === true;
    process.nextTick(() => {
      const failure = failureOf(control, String(host), 'getaddrinfo');
      if (failure !== undefined) done(failure);
      else if (isAll) done(null, [{ address, family: 4 }]);
      else done(null, address, 4);
    });
    return {};
  };
}

/** `resolver.resolve4(host, options?, done)` and its like for IPv6. */
function resolveOf(control: string, real: (this: unknown, ...args: unknown[]) => unknown, family: 4 | 6) {
  return function resolveChaos(this: unknown, ...args: unknown[]): unknown {
    const host = String(args[0]);
    if (!host.endsWith(domain)) return real.apply(this, args);
    const done = args.at(-1) as Done;
    process.nextTick(() => {
      const failure = failureOf(control, host, `query${family === 4 ? 'A' : 'Aaaa'}`);
      if (failure !== undefined) done(failure);
      else done(null, family === 4 ? [address] : []);
    });
    return {};
  };
}

if (file !== undefined) {
  Object.assign(dns, { lookup: lookupOf(file, dns.lookup as Ask) });
  syncBuiltinESMExports();
  // nodemailer asks a resolver of its own before it asks the system.
  const prototype = dns.Resolver.prototype as unknown as Record<'resolve4' | 'resolve6', Ask>;
  prototype.resolve4 = resolveOf(file, prototype.resolve4, 4);
  prototype.resolve6 = resolveOf(file, prototype.resolve6, 6);
}
