import { ReadingOpenError, type Dialect, type Encoding } from '../dialect.ts';
import { decodeForReport, decodeRecord } from '../encoding.ts';
import { flawProblem, type Problem } from '../rejections.ts';
import { isAscii } from './ascii.ts';
import { isOtherEncoding } from './letters.ts';

const NAMES: Readonly<Record<Encoding, string>> = {
  'utf-8': 'UTF-8',
  'windows-1252': 'Windows-1252',
  cp850: 'CP850 (MS-DOS)',
  macintosh: 'Mac Roman',
};

/**
 * The text of a record, the bytes from `start` to `end`, or why it has none: bytes that do not exist in the encoding, or,
 * unless the uploader said which encoding it is, letters that cannot stand where they stand.
 */
export function recordText(
  bytes: Uint8Array,
  { encoding, encodingFixed, open }: Pick<Dialect, 'encoding' | 'encodingFixed' | 'open'>,
  start: number,
  end: number,
): string | Problem {
  if (open?.includes('encoding') === true && !isAscii(bytes.subarray(start, end)))
    throw new ReadingOpenError('encoding');
  const text = decodeRecord(bytes, encoding, start, end);
  const seen = `O arquivo foi lido como ${NAMES[encoding]}, e a linha tem`;
  if (text === undefined) {
    const advice = 'Salve o arquivo inteiro em uma só codificação, de preferência UTF-8.';
    return problemOf(`${seen} bytes que não existem nessa codificação. ${advice}`);
  }
  if (encoding === 'utf-8' || encodingFixed === true) return text;
  if (!isOtherEncoding(bytes.subarray(start, end), encoding)) return text;
  const advice = 'Salve o arquivo em UTF-8, ou envie-o de novo informando a codificação dele (encoding).';
  return problemOf(`${seen} letras onde nenhuma palavra as tem: está em outra codificação. ${advice}`);

  function problemOf(message: string): Problem {
    return { ...flawProblem('encoding', decodeForReport(bytes.subarray(start, end), encoding)), message };
  }
}
