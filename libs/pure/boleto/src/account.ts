import { isDigits } from './check-digits.ts';

/**
 * The issuer's account and convênio at its bank. All fields are text, because leading zeros count and some check digits
 * are letters. docs/bancos.md says which fields a bank uses, and how.
 */
export interface BankAccount {
  /** COMPE code, three digits. */
  readonly bankCode: string;
  /** The agência; at Sicredi and Sicoob the cooperativa. Without check digit. */
  readonly agencia: string;
  readonly agenciaDv?: string;
  /** Conta corrente without check digit. */
  readonly conta?: string;
  readonly contaDv?: string;
  readonly carteira: string;
  readonly variacao?: string;
  readonly convenio?: string;
  /** Código do beneficiário, cedente or cliente. */
  readonly codigoBeneficiario?: string;
  readonly modalidade?: string;
  /** Número da operação (Inter, Daycoval). */
  readonly operacao?: string;
  /** Posto (Sicredi). */
  readonly posto?: string;
  /** Two digits of the year in which the nossos números are issued (Sicredi). */
  readonly ano?: string;
}

export type AccountField = keyof BankAccount;

/** Every field that an account may have apart from its bank. checkAccount decides which of them a bank uses. */
export const ACCOUNT_FIELDS = [
  'agencia',
  'agenciaDv',
  'conta',
  'contaDv',
  'carteira',
  'variacao',
  'convenio',
  'codigoBeneficiario',
  'modalidade',
  'operacao',
  'posto',
  'ano',
] as const satisfies readonly AccountField[];

/** An object that has this value under the name of every field an account may have beside its bank. */
export function perAccountField<T>(value: T): Readonly<Record<(typeof ACCOUNT_FIELDS)[number], T>> {
  return Object.fromEntries(ACCOUNT_FIELDS.map((field) => [field, value])) as Record<
    (typeof ACCOUNT_FIELDS)[number],
    T
  >;
}

/** One thing wrong with one field of an account. */
export interface AccountProblem {
  readonly field: AccountField;
  /**
   * invalid: no boleto can be composed from it · check-digit: does not match its number · unsupported: a variant for
   * which this system cannot issue.
   */
  readonly code: 'required' | 'invalid' | 'check-digit' | 'unsupported';
  /** A sentence for the person who typed the value. */
  readonly message: string;
}

type Finding = Omit<AccountProblem, 'field'>;

/** The texts of a field in a form, in Portuguese. */
export interface FieldText {
  readonly label: string;
  readonly help?: string | undefined;
}

/** The texts of the fields, where a bank has none of its own. */
export const FIELD_TEXTS: Readonly<Record<(typeof ACCOUNT_FIELDS)[number], FieldText>> = {
  agencia: { label: 'Agência', help: 'Sem o dígito verificador.' },
  agenciaDv: { label: 'Dígito da agência' },
  conta: { label: 'Conta', help: 'Sem o dígito verificador.' },
  contaDv: { label: 'Dígito da conta' },
  carteira: { label: 'Carteira' },
  variacao: { label: 'Variação da carteira' },
  convenio: { label: 'Convênio' },
  codigoBeneficiario: { label: 'Código do beneficiário' },
  modalidade: { label: 'Modalidade' },
  operacao: { label: 'Número da operação' },
  posto: { label: 'Posto' },
  ano: { label: 'Ano' },
};

/** The check of one field at one bank. It receives the whole account, because check digits depend on other fields. */
export interface FieldRule extends Partial<FieldText> {
  /** Characters that a value has: most values are digits. */
  readonly digitsMin: number;
  readonly digitsMax: number;
  required(account: BankAccount): boolean;
  check(value: string, account: BankAccount): Finding | undefined;
}

/** The fields that a bank uses. */
export type AccountRules = Partial<Record<AccountField, FieldRule>>;

function range(min: number, max: number): string {
  return min === max ? min.toString() : `${min.toString()} to ${max.toString()}`;
}

/** A required field of min to max digits. */
export function digits(min: number, max = min): FieldRule {
  return {
    digitsMin: min,
    digitsMax: max,
    required: () => true,
    check: (value) =>
      isDigits(value, min, max) ? undefined : { code: 'invalid', message: `must be ${range(min, max)} digits` },
  };
}

/** A required field with a closed list of values. */
export function oneOf(values: readonly string[]): FieldRule {
  const lengths = values.map(({ length }) => length);
  return {
    digitsMin: Math.min(...lengths),
    digitsMax: Math.max(...lengths),
    help: values.length === 1 ? `Sempre ${values.join()}.` : `Um destes valores: ${values.join(', ')}.`,
    required: () => true,
    check: (value) =>
      values.includes(value) ? undefined : { code: 'invalid', message: `must be one of ${values.join(', ')}` },
  };
}

export function optional(rule: FieldRule): FieldRule {
  return { ...rule, required: () => false };
}

/**
 * An optional check digit of another field. `expected` returns every answer that the bank may give, or undefined when
 * the other field is wrong. That field then has a problem of its own.
 */
export function checkDigitOf(expected: (account: BankAccount) => readonly string[] | undefined): FieldRule {
  return {
    digitsMin: 1,
    digitsMax: 1,
    help: 'Um algarismo ou uma letra maiúscula, que é conferido com o número.',
    required: () => false,
    check: (value, account) => {
      if (!/^[0-9A-Z]$/.test(value)) return { code: 'invalid', message: 'must be one digit or capital letter' };
      const answers = expected(account);
      if (answers === undefined || answers.includes(value)) return undefined;
      return { code: 'check-digit', message: `does not match its number: ${answers.join(' or ')} expected` };
    },
  };
}

/** At most one problem per field, in the order of the rules. */
export function checkFields(account: BankAccount, rules: AccountRules): readonly AccountProblem[] {
  const problems: AccountProblem[] = [];
  for (const [name, rule] of Object.entries(rules)) {
    const field = name as AccountField;
    const value = account[field];
    if (rule.required(account) && (value === undefined || value === '')) {
      problems.push({ field, code: 'required', message: 'is required by this bank' });
    } else if (value !== undefined) {
      const finding = rule.check(value, account);
      if (finding !== undefined) problems.push({ field, ...finding });
    }
  }
  return problems;
}
