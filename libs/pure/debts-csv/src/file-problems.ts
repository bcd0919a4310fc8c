/** Why no row of a file can be read. */
export type FileProblemCode = 'FILE_EMPTY' | 'FILE_BINARY' | 'HEADER_MISSING' | 'HEADER_AMBIGUOUS' | 'HEADER_TOO_WIDE';

/** `message` says in Portuguese what to do. */
export interface FileProblem {
  readonly code: FileProblemCode;
  readonly message: string;
}

/** Files that people upload instead of a CSV, by their first bytes. */
const SIGNATURES: readonly { readonly bytes: readonly number[]; readonly what: string }[] = [
  { bytes: [0x50, 0x4b, 0x03, 0x04], what: 'uma planilha Excel (.xlsx) ou um arquivo ZIP' },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], what: 'uma planilha Excel 97-2003 (.xls)' },
  { bytes: [0x25, 0x50, 0x44, 0x46], what: 'um PDF' },
  { bytes: [0x1f, 0x8b], what: 'um arquivo compactado (gzip)' },
  { bytes: [0xff, 0xfe], what: 'um texto em UTF-16 (o "Texto Unicode" do Excel)' },
  { bytes: [0xfe, 0xff], what: 'um texto em UTF-16 (o "Texto Unicode" do Excel)' },
];

/** A stray NUL costs its row; more than one in a hundred bytes, or one in the first line, is not a text file. */
const NUL_SHARE_MAX = 0.01;

const BLANK_BYTES: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0d, 0x20, 0xef, 0xbb, 0xbf]);

/** The problem of a file that is empty or not text at all; undefined if it may be a CSV. */
export function refuseContent(head: Uint8Array): FileProblem | undefined {
  if (head.every((byte) => BLANK_BYTES.has(byte))) {
    return {
      code: 'FILE_EMPTY',
      message: 'O arquivo está vazio. Envie um CSV com um cabeçalho e uma dívida por linha.',
    };
  }
  const signature = SIGNATURES.find(({ bytes }) => bytes.every((byte, i) => head[i] === byte));
  if (signature !== undefined) return binary(`O arquivo é ${signature.what}`);

  const nuls = head.reduce((count, byte) => (byte === 0 ? count + 1 : count), 0);
  if (nuls > head.length * NUL_SHARE_MAX || nulInFirstLine(head)) return binary('O arquivo não é um texto');
  return undefined;
}

function nulInFirstLine(head: Uint8Array): boolean {
  const lineEnd = head.findIndex((byte) => byte === 0x0a || byte === 0x0d);
  return head.subarray(0, lineEnd < 0 ? head.length : lineEnd).includes(0);
}

function binary(what: string): FileProblem {
  return { code: 'FILE_BINARY', message: `${what}. Salve os dados como CSV (UTF-8) e envie de novo.` };
}
