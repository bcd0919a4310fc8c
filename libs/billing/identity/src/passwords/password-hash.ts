import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { Gate } from './gate.ts';

/** The cost of a hash: 128 · r · 2^ln bytes of memory, p times. */
interface Cost {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

/** OWASP's first choice for scrypt: 128 MiB and about half a second. */
const COST: Cost = { ln: 17, r: 8, p: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** Hashes of any cost that we ever wrote. A stored text with another one is not computed: it would take the memory. */
const PHC = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d)\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;
const LN_MAX = 18;

/**
 * scrypt runs in the four threads of libuv, in which files are read too, and takes 128 MiB. So two hashes are computed
 * at once, and twenty wait; more are refused.
 */
const gate = new Gate({ runningMax: 2, waitingMax: 20 });

interface Stored extends Cost {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** The stored form of a password: `$scrypt$ln=17,r=8,p=1$salt$hash`. Rejects with GateFullError. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await gate.run(() => derive(password, salt, COST));
  return `$scrypt$ln=${COST.ln.toString()},r=${COST.r.toString()},p=${COST.p.toString()}$${base64(salt)}$${base64(hash)}`;
}

/**
 * True if the password is that of the stored text. Without a stored text the same work is done, so that the time of the
 * answer does not tell which accounts there are. Rejects with GateFullError.
 */
export async function verifyPassword(password: string, stored: string | null | undefined): Promise<boolean> {
  const parsed = typeof stored === 'string' ? parse(stored) : undefined;
  const { salt, hash, ...cost } = parsed ?? { ...COST, salt: Buffer.alloc(SALT_BYTES), hash: Buffer.alloc(HASH_BYTES) };
  const derived = await gate.run(() => derive(password, salt, cost));
  return timingSafeEqual(derived, hash) && parsed !== undefined;
}

/** True for a hash of another cost than the present one: it is replaced at the next sign-in. */
export function needsRehash(stored: string): boolean {
  const parsed = parse(stored);
  return parsed === undefined || parsed.ln !== COST.ln || parsed.r !== COST.r || parsed.p !== COST.p;
}

function parse(text: string): Stored | undefined {
  const match = PHC.exec(text);
  if (match === null) return undefined;
  const [, ln = '', r = '', p = '', salt = '', hash = ''] = match;
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  if (cost.ln < 1 || cost.ln > LN_MAX || cost.r < 1 || cost.r > COST.r || cost.p < 1) return undefined;
  return { ...cost, salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') };
}

async function derive(password: string, salt: Buffer, { ln, r, p }: Cost): Promise<Buffer> {
  const N = 2 ** ln;
  return await new Promise((resolve, reject) => {
    // The same password may be typed with composed or with combining letters.
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, { N, r, p, maxmem: 256 * N * r }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
