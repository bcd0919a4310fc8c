import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** The first byte of a box, so that another form can be told from this one. */
const FORM = 1;

/** Where a secret is stored. A box that was copied into another row or column does not open. */
export interface SecretPlace {
  readonly table: string;
  readonly column: string;
  readonly id: string;
}

/** Encrypts small secrets for the database: AES-256-GCM under a key that HKDF makes of ENCRYPTION_SECRET. */
export class SecretBox {
  readonly #key: Buffer;

  constructor(secret: string) {
    this.#key = Buffer.from(hkdfSync('sha256', secret, '', 'smart-billing secret box 1', KEY_BYTES));
  }

  seal(secret: Uint8Array, place: SecretPlace): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce).setAAD(aadOf(place));
    const sealed = Buffer.concat([cipher.update(secret), cipher.final()]);
    return Buffer.concat([Buffer.of(FORM), nonce, cipher.getAuthTag(), sealed]);
  }

  /** @throws Error if the box is damaged, was sealed under another secret, or is not from this place */
  open(box: Buffer, place: SecretPlace): Buffer {
    const tagAt = 1 + NONCE_BYTES;
    const textAt = tagAt + TAG_BYTES;
    if (box[0] !== FORM || box.length < textAt) throw new Error('not a sealed secret');
    const decipher = createDecipheriv(ALGORITHM, this.#key, box.subarray(1, tagAt), { authTagLength: TAG_BYTES });
    decipher.setAAD(aadOf(place)).setAuthTag(box.subarray(tagAt, textAt));
    return Buffer.concat([decipher.update(box.subarray(textAt)), decipher.final()]);
  }
}

function aadOf({ table, column, id }: SecretPlace): Buffer {
  return Buffer.from(JSON.stringify([table, column, id]));
}
