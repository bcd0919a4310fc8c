import { createHash } from 'node:crypto';
import { readDrawing, renumber, type PdfObject } from '../assembly/drawing.ts';
import { packObjects } from '../assembly/object-stream.ts';
import { readTemplate, writeTemplate } from '../assembly/page-template.ts';
import { PRODUCER, sharedObjects, wholeFile } from '../assembly/template.ts';
import { openPdf, useFont } from '../drawing/paint.ts';
import { MergedXref } from './merged-xref.ts';
import { KIDS_MAX, pageTree, type Leaf } from './page-tree.ts';

/** A page from a printer, for a file of many pages. Another process may keep it and merge it. */
export interface BoletoPage {
  /**
   * The part shared with the other pages of the issuer: a few KiB, and the logo. Opaque: use it for comparisons only.
   */
  readonly template: Uint8Array;
  /** The page's own content, compressed: some KiB. */
  readonly content: Uint8Array;
}

const HEADER = Buffer.from('%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n', 'latin1');
const END_OF_STREAM = Buffer.from('\nendstream\nendobj\n');

/** The text of the only page of an empty file, because no reader opens a PDF without pages. */
const NOTICE = { text: 'Este lote não tem boletos.', size: 14, x: 57, y: 72 };

function noticeTemplate(): Uint8Array {
  const pdf = openPdf({ compress: true });
  useFont(pdf, 'bold', NOTICE.size).text(NOTICE.text, NOTICE.x, NOTICE.y, { lineBreak: false, baseline: 'alphabetic' });
  pdf.end();
  return writeTemplate({ info: PRODUCER, objects: sharedObjects(readDrawing(wholeFile(pdf))) });
}

/** The positions of a template's objects in the file. */
interface Placed {
  readonly content: string;
  readonly resources: string;
  readonly info: string;
}

const isFontFile = (object: PdfObject): object is Required<PdfObject> =>
  object.stream !== undefined && object.dictionary.includes('/Subtype /Type1C');
const fontKey = (stream: Uint8Array): string => createHash('sha256').update(stream).digest('base64');

const reference = (number: number): string => `${number.toString()} 0 R`;

/** A file that is written from front to back. It remembers the offset of each object written. */
class MergedFile {
  readonly #xref = new MergedXref();
  readonly #hash = createHash('sha256');
  readonly #placed = new Map<string, Placed>();
  /** Templates by identity. A template comes with every page and is parsed once. */
  readonly #known = new WeakMap<Uint8Array, Placed>();
  readonly #fontFiles = new Map<string, number>();
  readonly #leaves: Leaf[] = [];
  /** The page objects that have no numbers yet. */
  #entries: string[] = [];
  /** The number of the node above them. */
  #node = 0;
  #bytes = 0;
  #pages = 0;

  header(): Uint8Array {
    return this.#written(HEADER);
  }

  *page({ template, content }: BoletoPage): Generator<Uint8Array> {
    const placed = this.#known.get(template) ?? (yield* this.#place(template));
    this.#known.set(template, placed);
    const number = this.#xref.reserve();
    yield this.#stream(number, `<</Filter/FlateDecode/Length ${content.length.toString()}>>`, content);
    yield* this.#add(`/Resources ${placed.resources}/Contents[${placed.content} ${reference(number)}]`);
    this.#pages += 1;
  }

  *end(): Generator<Uint8Array> {
    if (this.#pages === 0) yield* this.#notice();
    yield* this.#closeLeaf();
    let root = 0;
    let nodes: (readonly [number, string])[] = [];
    for (const node of pageTree(this.#leaves, () => this.#xref.reserve())) {
      [root] = node;
      nodes.push(node);
      if (nodes.length < KIDS_MAX) continue;
      yield this.#packed(nodes);
      nodes = [];
    }
    const catalog = this.#xref.reserve(2);
    const info = catalog + 1;
    yield this.#packed([
      ...nodes,
      [catalog, `<</Type/Catalog/Pages ${reference(root)}/Lang(pt-BR)/ViewerPreferences<</DisplayDocTitle true>>>>`],
      [info, `<</Title(Boletos: ${this.#pages.toString()})${this.#info()}>>`],
    ]);
    yield* this.#trailer(`/Root ${reference(catalog)}/Info ${reference(info)}`);
  }

  /**
   * Writes the objects of a template, unless an equal one is in the file. Every part of an export brings its own copy.
   */
  *#place(template: Uint8Array): Generator<Uint8Array, Placed> {
    const key = createHash('sha256').update(template).digest('base64');
    const known = this.#placed.get(key);
    if (known !== undefined) return known;

    const { info, objects } = readTemplate(template);
    const numbers = objects.map((object) => this.#fontFile(object) ?? this.#xref.reserve());
    const plain: [number, string][] = [];
    for (const [at, object] of objects.entries()) {
      const number = numbers[at] ?? 0;
      const dictionary = renumber(object.dictionary, (place) => numbers[place - 1] ?? 0);
      if (object.stream === undefined) plain.push([number, dictionary]);
      else if (this.#fontFile(object) === undefined) {
        yield this.#stream(number, dictionary, object.stream);
        if (isFontFile(object)) this.#fontFiles.set(fontKey(object.stream), number);
      }
    }
    yield this.#packed(plain);
    const [content = 0, resources = 0] = numbers;
    const placed = { content: reference(content), resources: reference(resources), info };
    this.#placed.set(key, placed);
    return placed;
  }

  /**
   * The number of a font program that is already in the file. The templates of all issuers contain the same programs.
   */
  #fontFile(object: PdfObject): number | undefined {
    return isFontFile(object) ? this.#fontFiles.get(fontKey(object.stream)) : undefined;
  }

  *#notice(): Generator<Uint8Array> {
    const { content, resources } = yield* this.#place(noticeTemplate());
    yield* this.#add(`/Resources ${resources}/Contents ${content}`);
  }

  *#add(entries: string): Generator<Uint8Array> {
    if (this.#entries.length === 0) this.#node = this.#xref.reserve();
    this.#entries.push(entries);
    if (this.#entries.length === KIDS_MAX) yield* this.#closeLeaf();
  }

  *#closeLeaf(): Generator<Uint8Array> {
    const pages = this.#entries.map((entries) => `<</Type/Page/Parent ${reference(this.#node)}${entries}>>`);
    if (pages.length === 0) return;
    const first = this.#xref.reserve(pages.length);
    yield this.#packed(pages.map((page, at) => [first + at, page]));
    this.#leaves.push({ number: this.#node, first, pages: pages.length });
    this.#entries = [];
  }

  /** The info dictionary, with the issuer of the first page. */
  #info(): string {
    for (const { info } of this.#placed.values()) return info;
    return PRODUCER;
  }

  /**
   * Writes the end of the file. The file's ID is computed from everything before it, so equal pages give an equal file.
   */
  *#trailer(entries: string): Generator<Uint8Array> {
    const number = this.#xref.reserve();
    const start = this.#bytes;
    this.#xref.setOffset(number, start);
    const id = this.#hash.copy().digest('hex').slice(0, 32);
    const dictionary = `<</Type/XRef${this.#xref.entries}${entries}/ID[<${id}><${id}>]>>`;
    yield Buffer.from(`${number.toString()} 0 obj\n${dictionary}\nstream\n`);
    yield* this.#xref.content();
    yield Buffer.from(`\nendstream\nendobj\nstartxref\n${start.toString()}\n%%EOF\n`);
  }

  #packed(objects: readonly (readonly [number, string])[]): Uint8Array {
    const number = this.#xref.reserve();
    for (const [index, [each]] of objects.entries()) this.#xref.setPacked(each, number, index);
    const { dictionary, stream } = packObjects(objects);
    return this.#stream(number, dictionary, stream);
  }

  #stream(number: number, dictionary: string, stream: Uint8Array): Uint8Array {
    this.#xref.setOffset(number, this.#bytes);
    const start = Buffer.from(`${number.toString()} 0 obj\n${dictionary}\nstream\n`, 'latin1');
    return this.#written(Buffer.concat([start, stream, END_OF_STREAM]));
  }

  #written(bytes: Uint8Array): Uint8Array {
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    return bytes;
  }
}

/**
 * Merges all the pages into one PDF, in their order. Each template is written once. The file is written from front to
 * back in pieces of about a page; for a million pages the merger holds some 20 MB. The same pages always give the same
 * bytes. Without pages the file holds a notice that says so. The file is not tagged for screen readers, because a
 * page's tags are 40 objects, more than readers accept in a large file.
 */
export async function* mergePages(pages: AsyncIterable<BoletoPage>): AsyncGenerator<Uint8Array> {
  const file = new MergedFile();
  yield file.header();
  for await (const page of pages) yield* file.page(page);
  yield* file.end();
}
