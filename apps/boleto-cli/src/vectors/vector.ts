import { z } from 'zod';

const digits = z.string().regex(/^\d+$/, 'must be digits');

/** One boleto of a file of vectors: what it is made of, and what must come out. Unknown members are left alone. */
const vector = z.looseObject({
  id: z.string().optional(),
  /** COMPE code, three digits. */
  bank: z.string(),
  /** Account and title under the names of their sources; amounts in centavos, dates 'YYYY-MM-DD'. */
  inputs: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  codigo_barras: digits,
  linha_digitavel: digits,
  nosso_numero_impresso: z.string().nullish(),
  /** Not compared: one source has agências that no bank has. */
  agencia_codigo_impresso: z.string().nullish(),
  /** Nothing and 'verified': it must come out. 'broken-in-source': it must be refused. Others: nobody knows. */
  status: z.string().optional(),
});

export type Vector = z.output<typeof vector>;

export const vectorFile = z.array(vector);

/** One of a vector's inputs as text; undefined if it has none of that name. */
export function inputOf({ inputs }: Vector, name: string): string | undefined {
  return inputs[name]?.toString();
}
