import type { Face, FormMark, Measure } from '../drawing/mark.ts';
import { openPdf, paint, type Pdf } from '../drawing/paint.ts';
import { CONTENT_PARAGRAPHS } from '../layout/content.ts';
import { formMarks } from '../layout/form.ts';
import { issuerMarks, type IssuerFacts } from '../layout/issuer.ts';
import { PAGE_HUNDREDTHS, READING_ORDER } from '../layout/page.ts';
import { printableText } from '../text/printable-text.ts';
import { readDrawing, renumber, type Drawing, type PdfObject } from './drawing.ts';
import { EMBEDDED_FONTS } from './embedded-fonts.ts';
import { packObjects } from './object-stream.ts';
import type { PageTemplate } from './page-template.ts';
import { decimal, textString } from './pdf-text.ts';

/** Numbers of the objects of every page. pdfkit's objects and the structure tree follow. */
export const OBJECT = { catalog: 1, pages: 2, page: 3, form: 4, content: 5, info: 6, objects: 7, xref: 8 };
const FIRST_FREE = 9;

/**
 * Byte widths of the fields of a cross-reference entry: the type, then the offset or the object stream, then the index
 * in it.
 */
export const XREF_WIDTHS = { type: 1, where: 3, index: 1 };
export const XREF_ENTRY_LENGTH = 5;

const AUTHOR_CHARACTERS_MAX = 200;
export const PRODUCER = '/Producer(Smart Billing with PDFKit)';

export const MEDIA_BOX = `/MediaBox[0 0 ${decimal(PAGE_HUNDREDTHS.width)} ${decimal(PAGE_HUNDREDTHS.height)}]`;

/** The parts that all boletos of an issuer share: as the start of a one-page file, and for a file of many pages. */
export interface Template extends PageTemplate {
  /** The file from its first byte up to the content of a boleto. */
  readonly head: Buffer;
  /** Bytes of `head` that belong to the logo and the fonts. */
  readonly assetBytes: number;
  /** The cross-reference stream, without the entries of content, info and itself. */
  readonly xref: Buffer;
  readonly fonts: Readonly<Record<Face, string>>;
  /** The marked-content identifier that the structure tree reserves for each of CONTENT_PARAGRAPHS, by paragraph. */
  readonly contentIds: ReadonlyMap<string, number>;
}

interface Drawn {
  readonly file: Buffer;
  /** The marked-content identifiers of each paragraph's texts. */
  readonly ids: ReadonlyMap<string, readonly number[]>;
  readonly idsTotal: number;
}

/** Draws the lines first, then the texts in reading order. Each text is marked with an identifier of its own. */
function draw(marks: readonly FormMark[]): Drawn {
  const pdf = openPdf({ compress: true });
  const texts = marks.filter((mark) => mark.kind === 'text');
  pdf.addContent('/Artifact BMC');
  for (const mark of marks) if (mark.kind !== 'text') paint(pdf, mark);
  pdf.addContent('EMC');

  const ids = new Map<string, number[]>();
  let idsTotal = 0;
  for (const paragraph of READING_ORDER) {
    for (const text of texts.filter((each) => each.paragraph === paragraph)) {
      pdf.addContent(`/P <</MCID ${idsTotal.toString()}>> BDC`);
      paint(pdf, text);
      pdf.addContent('EMC');
      ids.set(paragraph, [...(ids.get(paragraph) ?? []), idsTotal]);
      idsTotal += 1;
    }
  }
  pdf.end();
  return { file: wholeFile(pdf), ids, idsTotal };
}

/**
 * The complete file. pdfkit has written everything when `end` returns, because nothing on the page is decoded in the
 * background.
 */
export function wholeFile(pdf: Pdf): Buffer {
  const file: unknown = pdf.read();
  if (!Buffer.isBuffer(file) || pdf.read() !== null) throw new Error('pdfkit has not finished the template');
  return file;
}

const reference = (number: number): string => `${number.toString()} 0 R`;

/**
 * The structure tree (ISO 32000-1, 14.7): one flat list of paragraphs. Its objects are numbered from `first`, in order.
 */
function structure(first: number, drawn: Drawn['ids'], written: ReadonlyMap<string, number>): string[] {
  const [root, document] = [first, first + 1];
  const elements: string[] = [];
  const parents: string[] = [];
  for (const paragraph of READING_ORDER) {
    const ids = [...(drawn.get(paragraph) ?? []), written.get(paragraph)].filter((id) => id !== undefined);
    if (ids.length === 0) continue;
    const number = first + 2 + elements.length;
    for (const id of ids) parents[id] = reference(number);
    elements.push(`<</S/P/P ${reference(document)}/Pg ${reference(OBJECT.page)}/K[${ids.join(' ')}]>>`);
  }
  const kids = elements.map((_, index) => reference(first + 2 + index)).join(' ');
  return [
    `<</Type/StructTreeRoot/K ${reference(document)}/ParentTree<</Nums[0[${parents.join(' ')}]]>>/ParentTreeNextKey 1>>`,
    `<</S/Document/P ${reference(root)}/K[${kids}]>>`,
    ...elements,
  ];
}

/** Objects 1 to 3. pdfkit's versions lack the boleto's content and the structure tree. */
function skeleton(resources: number, structureRoot: number): string[] {
  const pages = reference(OBJECT.pages);
  return [
    `<</Type/Catalog/Pages ${pages}/Lang(pt-BR)/ViewerPreferences<</DisplayDocTitle true>>` +
      `/MarkInfo<</Marked true>>/StructTreeRoot ${reference(structureRoot)}>>`,
    `<</Type/Pages/Count 1/Kids[${reference(OBJECT.page)}]>>`,
    `<</Type/Page/Parent ${pages}${MEDIA_BOX}/Resources ${reference(resources)}` +
      `/Contents[${reference(OBJECT.form)} ${reference(OBJECT.content)}]/StructParents 0/Tabs/S>>`,
  ];
}

/**
 * Assembles objects by number. Objects with a stream stand in the file itself; the others are packed into one object
 * stream.
 */
function assemble(objects: ReadonlyMap<number, PdfObject>): Pick<Template, 'head' | 'xref'> {
  const size = Math.max(...objects.keys()) + 1;
  const xref = Buffer.alloc(size * XREF_ENTRY_LENGTH);
  const chunks: Buffer[] = [];
  let offset = 0;
  const write = (...parts: readonly (string | Buffer)[]): void => {
    for (const part of parts) {
      const chunk = typeof part === 'string' ? Buffer.from(part, 'latin1') : part;
      chunks.push(chunk);
      offset += chunk.length;
    }
  };
  const writeStream = (number: number, dictionary: string, stream: Buffer): void => {
    setXref(xref, number, offset);
    write(`${number.toString()} 0 obj\n${dictionary}\nstream\n`, stream, '\nendstream\nendobj\n');
  };

  write('%PDF-1.7\n%', Buffer.from([0xe2, 0xe3, 0xcf, 0xd3]), '\n');
  const packed: [number, string][] = [];
  for (const [number, { dictionary, stream }] of objects) {
    if (stream === undefined) packed.push([number, dictionary]);
    else writeStream(number, dictionary, stream);
  }
  for (const [place, [number]] of packed.entries()) {
    xref.set([2, 0, 0, OBJECT.objects, place], number * XREF_ENTRY_LENGTH);
  }
  const { dictionary, stream } = packObjects(packed);
  writeStream(OBJECT.objects, dictionary, stream);
  return { head: Buffer.concat(chunks), xref };
}

/** Sets the entry of an object that stands in the file itself. */
export function setXref(xref: Buffer, number: number, offset: number): void {
  const at = number * XREF_ENTRY_LENGTH;
  xref.writeUInt8(1, at);
  xref.writeUIntBE(offset, at + XREF_WIDTHS.type, XREF_WIDTHS.where);
}

/** The names of the two faces in pdfkit's resources. */
function fontNames({ objects }: Drawing): Readonly<Record<Face, string>> {
  const [resources = { dictionary: '' }] = objects.values();
  const nameOf = (font: string): string => {
    for (const [, name, number] of resources.dictionary.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      if (objects.get(Number(number))?.dictionary.includes(`/BaseFont /${font}\n`)) return name ?? '';
    }
    throw new Error(`pdfkit wrote no font ${font}`);
  };
  return { regular: nameOf(EMBEDDED_FONTS.regular.name), bold: nameOf(EMBEDDED_FONTS.bold.name) };
}

/**
 * Makes pdfkit draw the form and the issuer's texts once, and turns the result into a file that lacks only a boleto's
 * content. Throws a RangeError for a logo that checkLogo refuses.
 */
export function createTemplate(facts: IssuerFacts, logo: Uint8Array | undefined, measure: Measure): Template {
  const { file, ids, idsTotal } = draw([...formMarks(), ...issuerMarks(facts, logo, measure)]);
  const drawing = readDrawing(file);
  const contentIds = new Map(CONTENT_PARAGRAPHS.map((paragraph, index) => [paragraph, idsTotal + index]));

  const drawn = [...drawing.objects.keys()];
  const numberOf = (number: number): number => FIRST_FREE + drawn.indexOf(number);
  const structureRoot = FIRST_FREE + drawn.length;
  const objects = new Map<number, PdfObject>();
  skeleton(FIRST_FREE, structureRoot).forEach((dictionary, index) => objects.set(index + 1, { dictionary }));
  objects.set(OBJECT.form, drawing.content);
  for (const [number, object] of renumbered(drawing, numberOf)) objects.set(number, object);
  structure(structureRoot, ids, contentIds).forEach((dictionary, index) =>
    objects.set(structureRoot + index, { dictionary }),
  );

  const assets = [...drawing.objects.values()].map(({ stream }) => stream?.length ?? 0);
  return {
    ...assemble(objects),
    objects: sharedObjects(drawing),
    assetBytes: assets.reduce((sum, bytes) => sum + bytes, 0),
    info: `/Author${textString(printableText(facts.beneficiary.name).slice(0, AUTHOR_CHARACTERS_MAX))}/Subject(Boleto de cobrança)${PRODUCER}`,
    fonts: fontNames(drawing),
    contentIds,
  };
}

/**
 * The objects of a drawing that many pages share: its content, its resources, and the objects that these refer to.
 * References are positions in the list.
 */
export function sharedObjects(drawing: Drawing): PdfObject[] {
  const drawn = [...drawing.objects.keys()];
  return [drawing.content, ...renumbered(drawing, (number) => drawn.indexOf(number) + 2).map(([, object]) => object)];
}

function renumbered(drawing: Drawing, numberOf: (number: number) => number): [number, PdfObject][] {
  return Array.from(drawing.objects, ([number, object]) => [
    numberOf(number),
    { ...object, dictionary: compact(renumber(object.dictionary, numberOf)) },
  ]);
}

/**
 * Shortens a dictionary. pdfkit writes one line per entry; names, numbers and references need one space between them
 * only.
 */
function compact(dictionary: string): string {
  return dictionary.replaceAll(/\s+/g, ' ');
}
