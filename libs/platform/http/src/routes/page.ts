import type { Page } from '#contracts/http';
import { fieldsInvalid, type ProblemError } from '../problems/problem.ts';

/** The page of a list. `found` holds one row more than the limit if there is a next page: load `limit + 1`. */
export function toPage<Row, View>(
  found: readonly Row[],
  {
    limit,
    viewOf,
    cursorOf,
  }: { readonly limit: number; readonly viewOf: (row: Row) => View; readonly cursorOf: (last: Row) => string },
): Page<View> & { items: View[] } {
  const rows = found.slice(0, limit);
  const last = found.length > limit ? rows.at(-1) : undefined;
  return { items: rows.map(viewOf), nextCursor: last === undefined ? null : cursorOf(last) };
}

/** The page of a list that is known whole, in a fixed order. The cursor is the key of the last item. */
export function toPageOfAll<Row, View>(
  all: readonly Row[],
  {
    limit,
    cursor,
    viewOf,
    keyOf,
  }: {
    readonly limit: number;
    readonly cursor: string | undefined;
    readonly viewOf: (row: Row) => View;
    readonly keyOf: (row: Row) => string;
  },
): Page<View> & { items: View[] } {
  const placeOf = (key: string): number | undefined => {
    const place = all.findIndex((row) => keyOf(row) === key);
    return place < 0 ? undefined : place;
  };
  const after = readCursor(cursor, placeOf) ?? -1;
  return toPage(all.slice(after + 1, after + 2 + limit), { limit, viewOf, cursorOf: keyOf });
}

/**
 * The place that a cursor names. Undefined without a cursor.
 * @throws ProblemError FIELD_INVALID if `decode` does not know it.
 */
export function readCursor<C>(text: string | undefined, decode: (text: string) => C | undefined): C | undefined {
  if (text === undefined) return undefined;
  const cursor = decode(text);
  if (cursor === undefined) throw cursorInvalid();
  return cursor;
}

function cursorInvalid(): ProblemError {
  return fieldsInvalid([
    { field: 'cursor', code: 'invalid', message: 'is not a cursor: use nextCursor of a page as it is' },
  ]);
}
