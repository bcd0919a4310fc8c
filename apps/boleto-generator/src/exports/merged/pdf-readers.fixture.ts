import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/* Independent readers: qpdf, poppler-utils, zbar-tools. */

const run = promisify(execFile);

/** True if qpdf finds no fault. */
export async function isSound(pdf: string): Promise<boolean> {
  return (await run('qpdf', ['--check', pdf])).stdout.includes('No syntax or stream encoding errors found');
}

export async function pageCount(pdf: string): Promise<number> {
  return Number((await run('qpdf', ['--show-npages', pdf])).stdout);
}

/** The text of each page. */
export async function pageTexts(pdf: string): Promise<readonly string[]> {
  const { stdout } = await run('pdftotext', ['-layout', pdf, '-'], { maxBuffer: 2 ** 26 });
  return stdout.split('\f').slice(0, -1);
}

/** Writes the pixels of one page at 150 dpi to an image file and returns its path. */
export async function pageImage(pdf: string, page: number, root: string): Promise<string> {
  const only = page.toString();
  await run('pdftoppm', ['-r', '150', '-f', only, '-l', only, '-singlefile', pdf, root]);
  return `${root}.ppm`;
}

/** The content of the codes that a scanner reads. */
export async function scan(image: string): Promise<string> {
  const { stdout } = await run('zbarimg', ['--nodbus', '-q', '--raw', '-Sdisable', '-Si25.enable', image]);
  return stdout.trim();
}
