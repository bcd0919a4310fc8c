import { createHash, randomBytes } from 'node:crypto';

const TOKEN_BYTES = 32;
/** 32 bytes in base64url. */
const TOKEN = /^[\w-]{43}$/;

/** A secret that a browser or a link carries, and its hash, which alone is stored. */
export interface NewToken {
  /** 43 characters of base64url: 256 random bits. */
  readonly text: string;
  /** SHA-256, 32 bytes. */
  readonly hash: Buffer;
}

export function newToken(): NewToken {
  const text = randomBytes(TOKEN_BYTES).toString('base64url');
  return { text, hash: sha256(text) };
}

/** The hash of a token that a client sent; undefined for a text that never was one, which costs no query. */
export function hashToken(text: string | undefined): Buffer | undefined {
  return text !== undefined && TOKEN.test(text) ? sha256(text) : undefined;
}

/** 256 random bits need neither salt nor slowness (ASVS 6.5.2). */
function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
