const WORD_BYTES = 4;
/** The highest bit of each byte of a word. */
const HIGH_BITS = 0x80_80_80_80;

/** True if no byte is beyond ASCII. Four at a time: some gigabytes a second. */
export function isAscii(bytes: Uint8Array): boolean {
  const lead = (WORD_BYTES - (bytes.byteOffset % WORD_BYTES)) % WORD_BYTES;
  if (bytes.length < lead + WORD_BYTES) return bytes.every((byte) => byte < 0x80);
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + lead, Math.floor((bytes.length - lead) / WORD_BYTES));
  let bits = 0;
  for (let at = 0; at < words.length; at += 1) bits |= words[at] ?? 0;
  for (let at = 0; at < lead; at += 1) bits |= bytes[at] ?? 0;
  for (let at = lead + words.length * WORD_BYTES; at < bytes.length; at += 1) bits |= bytes[at] ?? 0;
  return (bits & HIGH_BITS) === 0;
}
