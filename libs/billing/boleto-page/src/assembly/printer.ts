import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { formatLinhaDigitavel } from '#boleto';
import type { BoletoDocument } from '../layout/boleto-document.ts';
import { contentMarks } from '../layout/content.ts';
import { issuerFacts } from '../layout/issuer.ts';
import type { BoletoPage } from '../merging/merge-pages.ts';
import { FontMetrics } from '../text/font-metrics.ts';
import { printableText } from '../text/printable-text.ts';
import { writeTemplate } from './page-template.ts';
import { textString } from './pdf-text.ts';
import { createTemplate, OBJECT, setXref, XREF_ENTRY_LENGTH, XREF_WIDTHS, type Template } from './template.ts';
import { writeContent } from './write-content.ts';

const TEMPLATES_MAX = 64;

/**
 * Pages larger than this, without logo and fonts, are compressed. Compression takes a quarter of the time of printing.
 */
const PAGE_BYTES_MAX = 8 * 1024;
/** Upper limit of the trailer and of the cross-reference stream without its entries. */
const XREF_FRAME_BYTES_MAX = 320;

/** A page is small: little memory compresses as well as much, and is cleared sooner. */
const DEFLATE = { level: 1, memLevel: 5, windowBits: 13 };
/** For the few pages that would stay too large: those with a Pix QR code. */
const DEFLATE_HARD = { level: 9, memLevel: 9, windowBits: 15 };

/** Characters of the número do documento in the title: more cannot be read in a window's title. */
const TITLE_CHARACTERS_MAX = 100;

function deflate(content: string, options = DEFLATE): Buffer {
  return deflateSync(Buffer.from(content, 'latin1'), options);
}

export interface BoletoPrinter {
  /**
   * Prints the boleto as a one-page A4 PDF: recibo do pagador above, ficha de compensação below, barcode in vectors,
   * tagged for screen readers. The file has at most 30 KB with its fonts, plus its logo. The same boleto always gives
   * the same bytes. The page looks the same to the pixel as renderBoleto's. Any text is accepted and printed as far as
   * the page's fonts allow. Throws a RangeError for errors of the caller: a código de barras without exactly 44 digits,
   * a logo that checkLogo refuses, or a payment that PixPayment does not allow.
   */
  print(boleto: BoletoDocument): Uint8Array;
  /** Prints the same page for mergePages, without the tags. Accepts and refuses the same boletos. */
  page(boleto: BoletoDocument): BoletoPage;
}

function infoDictionary({ debtId, composed, issuedOn }: BoletoDocument, { info }: Template): string {
  const title = textString(`Boleto ${printableText(debtId).slice(0, TITLE_CHARACTERS_MAX)}`);
  const linha = formatLinhaDigitavel(composed.linhaDigitavel);
  return `<</Title${title}/Keywords(${linha})/CreationDate(D:${issuedOn.replaceAll('-', '')}000000Z)${info}>>`;
}

const contentStart = (entries: string): string => `${OBJECT.content.toString()} 0 obj\n<<${entries}>>\nstream\n`;
const END_OF_STREAM = '\nendstream\nendobj\n';
const XREF_START =
  `${OBJECT.xref.toString()} 0 obj\n<</Type/XRef/W[${Object.values(XREF_WIDTHS).join(' ')}]` +
  `/Root ${OBJECT.catalog.toString()} 0 R/Info ${OBJECT.info.toString()} 0 R`;

/**
 * The file's two ids: the first is permanent, the second changes with the content (7.5.5). Our content never changes.
 */
const idArray = (id: string): string => `[<${id}><${id}>]>>\nstream\n`;
const ID_LENGTH = idArray('0'.repeat(32)).length;

/** Joins template, content stream, info dictionary and cross-reference stream (ISO 32000-1, 7.5.8). */
function assemble(template: Template, content: string, info: string): Buffer {
  const { head, xref, assetBytes } = template;
  const afterContent = `${END_OF_STREAM}${OBJECT.info.toString()} 0 obj\n${info}\nendobj\n`;
  const plain = `${contentStart(`/Length ${content.length.toString()}`)}${content}`;
  const pageBytes = head.length - assetBytes + plain.length + afterContent.length + xref.length + XREF_FRAME_BYTES_MAX;
  if (pageBytes <= PAGE_BYTES_MAX) return join(template, plain, afterContent);

  const contentBytesMax = PAGE_BYTES_MAX - (pageBytes - content.length);
  const quick = deflate(content);
  const deflated = (quick.length <= contentBytesMax ? quick : deflate(content, DEFLATE_HARD)).toString('latin1');
  const start = contentStart(`/Filter/FlateDecode/Length ${deflated.length.toString()}`);
  return join(template, start + deflated, afterContent);
}

function join({ head, xref }: Template, contentObject: string, afterContent: string): Buffer {
  const infoAt = head.length + contentObject.length + END_OF_STREAM.length;
  const xrefAt = head.length + contentObject.length + afterContent.length;
  const size = (xref.length / XREF_ENTRY_LENGTH).toString();
  const beforeXref = `${XREF_START}/Size ${size}/Length ${xref.length.toString()}/ID`;
  const trailer = `${END_OF_STREAM}startxref\n${xrefAt.toString()}\n%%EOF\n`;
  const entriesAt = xrefAt + beforeXref.length + ID_LENGTH;

  const file = Buffer.allocUnsafe(entriesAt + xref.length + trailer.length);
  head.copy(file);
  file.write(contentObject + afterContent + beforeXref, head.length, 'latin1');
  const id = createHash('md5').update(file.subarray(head.length, xrefAt)).digest('hex');
  file.write(idArray(id), entriesAt - ID_LENGTH, 'latin1');
  xref.copy(file, entriesAt);
  const entries = file.subarray(entriesAt, entriesAt + xref.length);
  setXref(entries, OBJECT.content, head.length);
  setXref(entries, OBJECT.info, infoAt);
  setXref(entries, OBJECT.xref, xrefAt);
  file.write(trailer, entriesAt + xref.length, 'latin1');
  return file;
}

/**
 * Creates a printer of boletos for the life of a process. pdfkit draws the page once per issuer, account and logo. The
 * printer keeps the `templatesMax` (64) most recently used templates.
 */
export function createPrinter({
  templatesMax = TEMPLATES_MAX,
}: { readonly templatesMax?: number } = {}): BoletoPrinter {
  const metrics = new FontMetrics();
  const templates = new Map<string, Template>();

  const written = new WeakMap<Template, Uint8Array>();

  function templateOf(boleto: BoletoDocument): Template {
    const facts = issuerFacts(boleto);
    const { logo } = boleto.issuer;
    const key = JSON.stringify(facts) + logoKey(logo);
    const known = templates.get(key);
    const template = known ?? createTemplate(facts, logo, metrics.measure);
    if (known !== undefined) templates.delete(key);
    templates.set(key, template);
    for (const [oldest] of templates) {
      if (templates.size <= templatesMax) break;
      templates.delete(oldest);
    }
    return template;
  }

  const contentOf = (boleto: BoletoDocument, template: Template): string =>
    writeContent(contentMarks(boleto, metrics.measure), template, metrics);

  return {
    print(boleto) {
      const template = templateOf(boleto);
      return assemble(template, contentOf(boleto, template), infoDictionary(boleto, template));
    },
    page(boleto) {
      const template = templateOf(boleto);
      const bytes = written.get(template) ?? writeTemplate(template);
      written.set(template, bytes);
      return { template: bytes, content: deflate(contentOf(boleto, template)) };
    },
  };
}

/** Keys of the logos in use. Each logo is hashed once, not for every boleto. */
const logoKeys = new WeakMap<Uint8Array, string>();

function logoKey(logo: Uint8Array | undefined): string {
  if (logo === undefined) return '';
  const known = logoKeys.get(logo) ?? createHash('sha256').update(logo).digest('hex');
  logoKeys.set(logo, known);
  return known;
}
