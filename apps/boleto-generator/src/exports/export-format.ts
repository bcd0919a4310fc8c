import { createPrinter, mergePages, type BoletoPage } from '#boleto-page';
import type { LoadedBoleto } from '#boleto-page-data';
import { pdfName } from './file-name.ts';
import { MergedPart } from './merged/merged-part.ts';
import { readFrames } from './merged/page-frames.ts';
import { checked, type PartDraft, type StoredPart } from './part.ts';
import { assembleZip } from './zip/zip-assembly.ts';
import { ZipPart, type ZipFile } from './zip/zip-part.ts';

/**
 * The differences between formats. The worker that gets a part's message draws the part; one process joins the parts.
 */
export interface ExportFormat {
  /** The extension of the file's key in storage. */
  readonly extension: 'zip' | 'pdf';
  readonly draw: (boletos: AsyncIterable<LoadedBoleto>) => PartDraft;
  /** Builds the file from its parts, in their order. The result is a stream. */
  readonly assemble: (parts: readonly StoredPart[]) => AsyncIterable<Uint8Array>;
}

const printer = createPrinter();

/** One ZIP with the PDF of every boleto. */
const pdfZip: ExportFormat = {
  extension: 'zip',
  draw: (boletos) => {
    const part = new ZipPart();
    return { blocks: part.blocks(pdfFiles(boletos)), summary: () => part.summary };
  },
  assemble: (parts) => assembleZip(parts),
};

/** One PDF with a page for every boleto. */
const pdfMerged: ExportFormat = {
  extension: 'pdf',
  draw: (boletos) => {
    const part = new MergedPart();
    return { blocks: part.blocks(drawnPages(boletos)), summary: () => part.summary };
  },
  assemble: (parts) => mergePages(storedPages(parts)),
};

/** Every format that the API accepts. */
export const EXPORT_FORMATS = { 'pdf-zip': pdfZip, 'pdf-merged': pdfMerged } as const satisfies Record<
  string,
  ExportFormat
>;

async function* pdfFiles(boletos: AsyncIterable<LoadedBoleto>): AsyncGenerator<ZipFile> {
  for await (const boleto of boletos) {
    const { document } = boleto;
    yield { name: pdfName(boleto), modifiedOn: document.issuedOn, content: printer.print(document) };
  }
}

async function* drawnPages(boletos: AsyncIterable<LoadedBoleto>): AsyncGenerator<BoletoPage> {
  for await (const { document } of boletos) yield printer.page(document);
}

async function* storedPages(parts: readonly StoredPart[]): AsyncGenerator<BoletoPage> {
  for (const [partNo, part] of parts.entries()) yield* readFrames(checked(part, partNo));
}
