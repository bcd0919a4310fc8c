const POLYNOMIAL = 0x1021;
const INITIAL = 0xffff;

const encoder = new TextEncoder();

/** CRC-16/CCITT-FALSE of the text in UTF-8 (no reflection, no final xor) as four capital hexadecimal digits. */
export function crc16(text: string): string {
  let crc = INITIAL;
  for (const byte of encoder.encode(text)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ POLYNOMIAL;
    }
    crc &= 0xffff;
  }
  return crc.toString(16).toUpperCase().padStart(4, '0');
}
