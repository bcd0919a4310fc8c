import type { Box, Measure, TextMark } from '../drawing/mark.ts';
import { PADDING } from '../layout/page.ts';
import { fitText, type Room } from './fit-text.ts';

export type Type = Pick<Room, 'face' | 'sizes'>;
export type Alignment = 'left' | 'centre' | 'right';

export const PLAIN: Type = { face: 'regular', sizes: [8.5, 8, 7.5, 7, 6.5, 6] };
export const STRONG: Type = { face: 'bold', sizes: [10, 9.5, 9, 8.5, 8, 7.5, 7, 6.5, 6] };
export const SMALL: Type = { face: 'regular', sizes: [7.5, 7, 6.5, 6] };

/** Space in mm that a cell reserves for its label and its lower edge. */
const LABEL_HEIGHT = 2.9;
export const BLOCK_LABEL_HEIGHT = 3.6;
export const FOOT = 0.6;

/**
 * The place and the style of a text. Create it once for each place of the page, because setting text takes most of a
 * boleto's time.
 */
export interface Placement extends Room {
  readonly x: number;
  readonly y: number;
  /** See TextMark. */
  readonly paragraph: string;
  readonly align: Alignment;
  readonly at: 'middle' | 'top' | 'bottom';
}

export function place(
  box: Box,
  type: Type,
  paragraph: string,
  { align = 'left', at = 'middle' }: Partial<Pick<Placement, 'align' | 'at'>> = {},
): Placement {
  const { face, sizes } = type;
  const { x, y, width, height } = box;
  return { face, sizes, x, y, width, height, paragraph, align, at };
}

/** The part of a cell below its label. */
export function inside(box: Box, labelHeight = LABEL_HEIGHT): Box {
  const height = box.height - labelHeight - FOOT;
  return { x: box.x + PADDING, y: box.y + labelHeight, width: box.width - 2 * PADDING, height };
}

const DOWN = { top: 0, middle: 0.5, bottom: 1 };

/** Collects texts set into their boxes: fitted, then aligned. */
export class Setter {
  readonly marks: TextMark[] = [];

  constructor(readonly measure: Measure) {}

  /** Sets paragraphs below one another. Empty ones at the end leave no mark. */
  set(paragraphs: readonly string[], placement: Placement): void {
    const { face, x, y, width, height, align, at, paragraph } = placement;
    const { size, leading, capHeight, lines } = fitText(paragraphs, placement, this.measure);
    const slack = height - capHeight - (lines.length - 1) * leading;
    let baseline = y + capHeight + slack * DOWN[at];
    for (const text of lines) {
      if (text !== '') {
        const spare = align === 'left' ? 0 : width - this.measure(face, size, text);
        this.marks.push({
          kind: 'text',
          text,
          face,
          size,
          x: align === 'centre' ? x + spare / 2 : x + spare,
          baseline,
          paragraph,
        });
      }
      baseline += leading;
    }
  }
}
