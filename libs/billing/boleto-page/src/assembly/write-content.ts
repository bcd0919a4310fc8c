import { hundredths, type ContentMark, type Face } from '../drawing/mark.ts';
import { PAGE_HUNDREDTHS } from '../layout/page.ts';
import type { FontMetrics } from '../text/font-metrics.ts';
import { decimal } from './pdf-text.ts';

const UPSIDE_UP = `1 0 0 -1 0 ${decimal(PAGE_HUNDREDTHS.height)} cm\n`;

interface Names {
  readonly fonts: Readonly<Record<Face, string>>;
  readonly contentIds: ReadonlyMap<string, number>;
}

/** Writes a content stream, one character per byte. It continues the stream of pdfkit, which has flipped the y axis. */
export function writeContent(
  marks: readonly ContentMark[],
  { fonts, contentIds }: Names,
  metrics: FontMetrics,
): string {
  let symbols = '';
  let texts = '';
  let paragraph = '';
  let font = '';
  const unused = new Map(contentIds);
  for (const mark of marks) {
    if (mark.kind === 'symbol') {
      const scale = `${mark.moduleWidth.toString()} 0 0 ${mark.moduleHeight.toString()}`;
      symbols += `q ${scale} ${decimal(hundredths(mark.x))} ${decimal(hundredths(mark.y))} cm\n${mark.path}f Q\n`;
      continue;
    }
    if (mark.paragraph !== paragraph) {
      if (paragraph !== '') texts += 'EMC\n';
      ({ paragraph } = mark);
      texts += `/P<</MCID ${String(contentIds.get(paragraph))}>>BDC\n`;
      unused.delete(paragraph);
    }
    const next = `/${fonts[mark.face]} ${mark.size.toString()} Tf\n`;
    if (next !== font) {
      font = next;
      texts += font;
    }
    const x = decimal(hundredths(mark.x));
    const y = decimal(PAGE_HUNDREDTHS.height - hundredths(mark.baseline));
    texts += `1 0 0 1 ${x} ${y} Tm ${metrics.show(mark.face, mark.text)}\n`;
  }
  if (paragraph !== '') texts += 'EMC\n';
  // The structure tree of the template refers to all of them.
  for (const id of unused.values()) texts += `/P<</MCID ${id.toString()}>>BDC EMC\n`;
  return `/Artifact BMC\n${symbols}EMC\n${UPSIDE_UP}BT\n${texts}ET`;
}
