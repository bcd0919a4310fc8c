import { ReadingOpenError, type Dialect, type Encoding } from '../dialect/dialect.ts';
import { decodeForReport, decodeRecord } from '../dialect/encoding.ts';
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
 * The text of a record, the bytes from `start` to `end`, or why it has none: bytes that do not exist in the encoding,
 * or, unless the uploader said which encoding it is, letters that cannot stand where they stand.
 */
export function recordText(
  bytes: Uint8Array,
  dialect: Pick<Dialect, 'encoding' | 'encodingFixed' | 'seen' | 'open'>,
  start: number,
  end: number,
): string | Problem {
  const { encoding, encodingFixed, open } = dialect;
  if (open?.includes('encoding') === true && !isAscii(bytes.subarray(start, end)))
    throw new ReadingOpenError('encoding');
  const text = decodeRecord(bytes, encoding, start, end);
  const readAs = `O arquivo foi lido como ${NAMES[encoding]}${reasonOf(dialect)}, e esta linha`;
  if (text === undefined) {
    const advice =
      encodingFixed === true
        ? 'Envie-o de novo com a codificação certa (encoding), ou salve-o em UTF-8.'
        : 'Salve o arquivo inteiro em uma só codificação, de preferência UTF-8.';
    return problemOf(`${readAs} tem bytes que não existem nessa codificação. ${advice}`);
  }
  if (encoding === 'utf-8' || encodingFixed === true) return text;
  if (!isOtherEncoding(bytes.subarray(start, end), encoding)) return text;
  if (decodeRecord(bytes, 'utf-8', start, end) !== undefined) {
    return problemOf(`${readAs} está em UTF-8. Salve o arquivo inteiro em uma só codificação, de preferência UTF-8.`);
  }
  const advice = 'Salve o arquivo em UTF-8, ou envie-o de novo informando a codificação dele (encoding).';
  return problemOf(`${readAs} tem letras onde nenhuma palavra as tem: está em outra codificação. ${advice}`);

  function problemOf(message: string): Problem {
    return { ...flawProblem('encoding', decodeForReport(bytes.subarray(start, end), encoding)), message };
  }
}

/** Why the file is read in its encoding: what the uploader said, or a line that cannot be read otherwise. */
function reasonOf({ encoding, encodingFixed, seen }: Pick<Dialect, 'encoding' | 'encodingFixed' | 'seen'>): string {
  if (encodingFixed === true) return ', como foi pedido no envio (encoding)';
  const line = encoding === 'utf-8' ? seen?.utf8 : seen?.notUtf8;
  if (line === undefined) return '';
  return encoding === 'utf-8'
    ? ` (a linha ${line.toString()} está em UTF-8)`
    : ` (a linha ${line.toString()} não está em UTF-8)`;
}
