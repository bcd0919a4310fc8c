/**
 * Array parameters in PostgreSQL's binary format (array_recv in src/backend/utils/adt/arrayfuncs.c): a header, then
 * each element's length and bytes. Numbers are big-endian; length -1 is NULL. They serve the statements that carry
 * whole chunks. In text form, tens of thousands of values would be escaped, joined and encoded here, and parsed again
 * by the server. pg sends a Buffer unchanged, with the format code for binary.
 */
export const ARRAY_HEADER_BYTES = 20;

/** Type oids from pg_type.dat. They never change. */
export const OID = { bigint: 20, int: 23, text: 25, date: 1_082, uuid: 2_950 } as const;

/** Enough for a chunk. One unusually large array does not keep more memory than this. */
const SCRATCH_BYTES_MAX = 8 * 1024 * 1024;

const UUID_BYTES = 16;

function withHeader(elementType: number, count: number, bodyBytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(ARRAY_HEADER_BYTES + bodyBytes);
  writeArrayHeader(buffer, elementType, count, false);
  return buffer;
}

export function writeArrayHeader(buffer: Buffer, elementType: number, count: number, hasNull: boolean): void {
  buffer.writeInt32BE(1, 0); // dimensions
  buffer.writeInt32BE(hasNull ? 1 : 0, 4);
  buffer.writeInt32BE(elementType, 8);
  buffer.writeInt32BE(count, 12);
  buffer.writeInt32BE(1, 16); // the lower bound of the index
}

/**
 * Texts are written here first, because their length is known only afterwards. A buffer of its own for each array would
 * be three times too large, and memory outside V8's heap triggers full collections of the heap sooner.
 */
let scratch = Buffer.alloc(0);

/** The parameter for `$n::text[]`. PostgreSQL accepts no NUL in a text. */
export function textArray(values: readonly (string | null)[]): Buffer {
  let charactersMax = 0;
  for (const value of values) charactersMax += value?.length ?? 0;
  // A UTF-16 unit takes at most three bytes in UTF-8.
  const bytesMax = ARRAY_HEADER_BYTES + values.length * 4 + charactersMax * 3;
  const buffer = bytesMax > SCRATCH_BYTES_MAX ? Buffer.allocUnsafe(bytesMax) : scratchOf(bytesMax);
  writeArrayHeader(buffer, OID.text, values.length, values.includes(null));
  let at = ARRAY_HEADER_BYTES;
  for (const value of values) {
    const length = value === null ? -1 : buffer.write(value, at + 4);
    buffer.writeInt32BE(length, at);
    at += 4 + Math.max(0, length);
  }
  return Buffer.from(buffer.subarray(0, at));
}

function scratchOf(bytes: number): Buffer {
  if (scratch.length < bytes) scratch = Buffer.allocUnsafeSlow(bytes);
  return scratch;
}

/** The parameter for `$n::uuid[]`, from consecutive uuids of sixteen bytes each. */
export function uuidArray(packed: Uint8Array): Buffer {
  const count = packed.length / UUID_BYTES;
  const buffer = withHeader(OID.uuid, count, count * (4 + UUID_BYTES));
  for (let index = 0; index < count; index += 1) {
    const at = ARRAY_HEADER_BYTES + index * (4 + UUID_BYTES);
    buffer.writeInt32BE(UUID_BYTES, at);
    // A loop, because for sixteen bytes a subarray object would cost more than the copying.
    for (let byte = 0; byte < UUID_BYTES; byte += 1) buffer[at + 4 + byte] = packed[index * UUID_BYTES + byte] ?? 0;
  }
  return buffer;
}
