/** An object of a PDF file: its dictionary as written, and its stream if it has one. */
export interface PdfObject {
  readonly dictionary: string;
  readonly stream?: Buffer;
}

/** The parts of a page that pdfkit drew. */
export interface Drawing {
  /** The page's content stream. */
  readonly content: PdfObject;
  /** The page's resources and every object that they refer to, by object number. The resources come first. */
  readonly objects: ReadonlyMap<number, PdfObject>;
}

const REFERENCE = /\b(\d+) 0 R\b/g;
const XREF_ENTRY_LENGTH = 20;

/**
 * A file written by pdfkit, read by its own cross-reference table. It knows how pdfkit writes and cannot read other
 * PDFs.
 */
class PdfkitFile {
  readonly #text: string;
  readonly #offsets: readonly number[];

  constructor(private readonly file: Buffer) {
    this.#text = file.toString('latin1');
    const xref = Number(/startxref\n(\d+)\n/.exec(this.#text.slice(-64))?.[1]);
    const [heading = '', size = ''] = /^xref\n0 (\d+)\n/.exec(this.#text.slice(xref, xref + 32)) ?? [];
    this.#offsets = Array.from({ length: Number(size) }, (_, number) =>
      Number(this.#text.substr(xref + heading.length + number * XREF_ENTRY_LENGTH, 10)),
    );
    this.#ends = [...this.#offsets.slice(1), xref].toSorted((a, b) => a - b);
  }

  readonly #ends: readonly number[];

  object(number: number): PdfObject {
    const start = this.#offsets[number] ?? 0;
    const end = this.#ends.find((each) => each > start) ?? 0;
    const from = this.#text.indexOf('\n', start) + 1;
    const body = this.#text.slice(from, end);
    const streamAt = body.endsWith('\nendstream\nendobj\n') ? body.indexOf('\nstream\n') : -1;
    if (streamAt === -1) return { dictionary: body.slice(0, body.lastIndexOf('\nendobj')) };
    const stream = this.file.subarray(from + streamAt + '\nstream\n'.length, end - '\nendstream\nendobj\n'.length);
    return { dictionary: body.slice(0, streamAt), stream };
  }

  /** The number of the object to which a key of a dictionary refers. */
  follow({ dictionary }: PdfObject, key: string): number {
    const number = new RegExp(`/${key} \\[?(\\d+) 0 R`).exec(dictionary)?.[1];
    if (number === undefined) throw new Error(`pdfkit wrote no /${key}`);
    return Number(number);
  }

  trailer(): PdfObject {
    return { dictionary: this.#text.slice(this.#text.lastIndexOf('trailer')) };
  }
}

function referencesIn(dictionary: string): number[] {
  return Array.from(dictionary.matchAll(REFERENCE), ([, number]) => Number(number));
}

export function renumber(dictionary: string, numberOf: (number: number) => number): string {
  return dictionary.replaceAll(REFERENCE, (_, number: string) => `${numberOf(Number(number)).toString()} 0 R`);
}

/** Takes the only page out of a file that pdfkit wrote without encryption. */
export function readDrawing(file: Buffer): Drawing {
  const pdf = new PdfkitFile(file);
  const catalog = pdf.object(pdf.follow(pdf.trailer(), 'Root'));
  const pages = pdf.object(pdf.follow(catalog, 'Pages'));
  const page = pdf.object(pdf.follow(pages, 'Kids'));

  const objects = new Map<number, PdfObject>();
  const wanted = [pdf.follow(page, 'Resources')];
  for (const number of wanted) {
    if (objects.has(number)) continue;
    const object = pdf.object(number);
    objects.set(number, object);
    wanted.push(...referencesIn(object.dictionary));
  }
  return { content: pdf.object(pdf.follow(page, 'Contents')), objects };
}
