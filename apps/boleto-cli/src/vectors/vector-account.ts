import type { BankAccount } from '#boleto';
import { inputOf, type Vector } from './vector.ts';

/**
 * The account of a vector. The sources use many names for the same field, and leave out fields that a bank only prints.
 * Those are read from the printed forms.
 */
export function accountOfVector(vector: Vector): BankAccount {
  const input = (...names: readonly string[]): string | undefined =>
    names.map((name) => inputOf(vector, name)).find((value) => value !== undefined);
  const contaComDv = input('conta_com_dv');
  return {
    bankCode: vector.bank,
    agencia: input('agencia', 'cooperativa') ?? printed(vector.agencia_codigo_impresso, /^(\d{1,4})/) ?? '1',
    carteira: carteiraOf(vector.bank, input('carteira', 'produto')),
    ...present({
      agenciaDv: input('agencia_dv') ?? printedAgenciaDv(vector),
      conta: input('conta') ?? contaComDv?.slice(0, -1),
      contaDv: input('conta_dv') ?? contaComDv?.slice(-1),
      variacao: input('variacao'),
      convenio: input('convenio'),
      codigoBeneficiario: input('codigo_beneficiario', 'codigo_cedente', 'codigo_cliente'),
      modalidade: input('nosso_numero_17_livre') === 'true' ? '21' : input('modalidade', 'tipo_cobranca'),
      operacao: input('operacao'),
      posto: input('posto'),
      // Only a counter needs the year. A vector has it in its nosso número.
      ano: vector.bank === '748' ? input('nosso_numero')?.slice(0, 2) : undefined,
    }),
  };
}

/** The carteira. The sources leave it out if a bank has only one, and leave out its leading zeros. */
function carteiraOf(bank: string, carteira = '1'): string {
  if (bank === '104') return 'RG';
  return bank === '085' ? carteira.padStart(2, '0') : carteira;
}

/** Daycoval prints it before the nosso número: 00019/121/0084580107-8. */
function printedAgenciaDv(vector: Vector): string | undefined {
  return vector.bank === '707' ? printed(vector.nosso_numero_impresso, /^\d{4}(\d)\//) : undefined;
}

function printed(text: string | null | undefined, pattern: RegExp): string | undefined {
  return pattern.exec(text ?? '')?.[1];
}

/** Removes undefined fields, because an account has none. */
function present(fields: Readonly<Record<string, string | undefined>>): Partial<BankAccount> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
