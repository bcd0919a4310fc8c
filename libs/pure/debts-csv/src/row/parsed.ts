import { problem, type Problem, type RejectionCode } from '../rejections.ts';
import type { Field } from './column-table.ts';

export interface Failed {
  readonly problems: readonly Problem[];
}

/** The value of a cell, or the reason why it cannot be read. */
export type Parsed<T> = { readonly value: T } | Failed;

export function failed(field: Field, code: RejectionCode, cell: string, message: string): Failed {
  return { problems: [problem(field, code, cell, message)] };
}
