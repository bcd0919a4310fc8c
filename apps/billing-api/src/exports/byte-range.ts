/** First byte and number of bytes. */
export interface Part {
  readonly offset: number;
  readonly length: number;
}

/**
 * The part of a file of `bytes` that a Range header (RFC 9110, 14.2) asks for. `whole` for no header, for several
 * ranges and for a header that cannot be read, which a server may all ignore. `unsatisfiable` for a range behind the
 * end.
 */
export function parseRange(header: string | undefined, bytes: number): Part | 'whole' | 'unsatisfiable' {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (match === null || (first === '' && last === '')) return 'whole';

  if (first === '') {
    const length = Math.min(Number(last), bytes);
    return length === 0 ? 'unsatisfiable' : { offset: bytes - length, length };
  }
  const offset = Number(first);
  const end = last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1);
  if (last !== '' && Number(last) < offset) return 'whole';
  return offset >= bytes ? 'unsatisfiable' : { offset, length: end - offset + 1 };
}
