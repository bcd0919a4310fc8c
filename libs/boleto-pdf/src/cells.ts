import type { TextMark } from './mark.ts';
import type { Cell, Emphasis, Field } from './page.ts';
import { inside, LABEL_HEIGHT, PLAIN, STRONG, type Alignment, type Setter, type Type } from './set-text.ts';

const EMPHASIS: Readonly<Record<Emphasis, { readonly type: Type; readonly align: Alignment }>> = {
  plain: { type: PLAIN, align: 'left' },
  right: { type: PLAIN, align: 'right' },
  strong: { type: STRONG, align: 'right' },
};

/** The values that there are, in their cells. */
export function cellMarks(
  set: Setter,
  cells: readonly Cell[],
  values: Readonly<Partial<Record<Field, string>>>,
): TextMark[] {
  return cells.flatMap(({ box, field, emphasis, paragraph }) => {
    const value = field === undefined ? undefined : values[field];
    if (value === undefined) return [];
    return set([value], { box: inside(box, LABEL_HEIGHT), ...EMPHASIS[emphasis], paragraph });
  });
}
