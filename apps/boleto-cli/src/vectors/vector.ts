import { z } from 'zod';

const digits = z.string().regex(/^\d+$/, 'must be digits');

/** One boleto of a file of vectors: its inputs and the expected outputs. Unknown members are ignored. */
const vector = z.looseObject({
  id: z.string().optional(),
  /** COMPE code, three digits. */
  bank: z.string(),
  /** Account and title under the names of their sources. Amounts are in centavos, dates are 'YYYY-MM-DD'. */
  inputs: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  codigo_barras: digits,
  linha_digitavel: digits,
  nosso_numero_impresso: z.string().nullish(),
  /** Not compared, because one source has agências that no bank has. */
  agencia_codigo_impresso: z.string().nullish(),
  /**
   * Absent or 'verified': the outputs must match. 'broken-in-source': the vector must be refused. Others: correctness
   * is unknown.
   */
  status: z.string().optional(),
});

export type Vector = z.output<typeof vector>;

export const vectorFile = z.array(vector);

/** One input of a vector as text; undefined if the vector has no input of that name. */
export function inputOf({ inputs }: Vector, name: string): string | undefined {
  return inputs[name]?.toString();
}
