import { inside, place, PLAIN, STRONG, type Alignment, type Placement, type Type } from '../text/set-text.ts';
import type { Cell, Emphasis, Field } from './page.ts';

const EMPHASIS: Readonly<Record<Emphasis, { readonly type: Type; readonly align: Alignment }>> = {
  plain: { type: PLAIN, align: 'left' },
  right: { type: PLAIN, align: 'right' },
  strong: { type: STRONG, align: 'right' },
};

/** The placements of some fields' values, in the order of their cells. */
export function cellPlaces<F extends Field>(
  cells: readonly Cell[],
  fields: readonly F[],
): readonly (readonly [F, Placement])[] {
  return cells.flatMap((cell) => {
    const field = fields.find((each) => each === cell.field);
    if (field === undefined) return [];
    const { type, align } = EMPHASIS[cell.emphasis];
    return [[field, place(inside(cell.box), type, cell.paragraph, { align })]];
  });
}
