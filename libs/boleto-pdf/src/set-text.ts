import { fitText, type Room } from './fit-text.ts';
import type { Box, Measure, TextMark } from './mark.ts';
import { PADDING } from './page.ts';

export type Type = Pick<Room, 'face' | 'sizes'>;
export type Alignment = 'left' | 'centre' | 'right';

export const PLAIN: Type = { face: 'regular', sizes: [8.5, 8, 7.5, 7, 6.5, 6] };
export const STRONG: Type = { face: 'bold', sizes: [10, 9.5, 9, 8.5, 8, 7.5, 7, 6.5, 6] };
export const SMALL: Type = { face: 'regular', sizes: [7.5, 7, 6.5, 6] };

/** What a cell keeps for its label and its lower edge, mm. */
export const LABEL_HEIGHT = 2.9;
export const BLOCK_LABEL_HEIGHT = 3.6;
export const FOOT = 0.6;

export interface Placement {
  readonly box: Box;
  readonly type: Type;
  /** See TextMark. */
  readonly paragraph: string;
  readonly align?: Alignment;
  readonly at?: 'middle' | 'top' | 'bottom';
}

/** Sets paragraphs inside a box: fitted to it, then aligned. */
export type Setter = (paragraphs: readonly string[], placement: Placement) => TextMark[];

export function setter(measure: Measure): Setter {
  return (paragraphs, { box, type, paragraph, align = 'left', at = 'middle' }) => {
    const { size, leading, capHeight, lines } = fitText(paragraphs, { ...type, ...box }, measure);
    const slack = box.height - capHeight - (lines.length - 1) * leading;
    const first = box.y + capHeight + { top: 0, middle: slack / 2, bottom: slack }[at];
    return lines
      .map((text, index): TextMark => {
        const spare = align === 'left' ? 0 : box.width - measure(type.face, size, text);
        const x = align === 'centre' ? box.x + spare / 2 : box.x + spare;
        return { kind: 'text', text, face: type.face, size, x, baseline: first + index * leading, paragraph };
      })
      .filter(({ text }) => text !== '');
  };
}

/** The part of a cell that its label leaves free. */
export function inside(box: Box, labelHeight: number): Box {
  const height = box.height - labelHeight - FOOT;
  return { x: box.x + PADDING, y: box.y + labelHeight, width: box.width - 2 * PADDING, height };
}
