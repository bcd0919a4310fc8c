interface ProfileRules {
  /** The difference between the profiles, for docs/csv.md and the API. */
  readonly document: string;
  readonly dueDate: string;
}

/** The rules by which rows are judged; all other rules are the same for all profiles. */
export const PROFILE_RULES = {
  strict: {
    document: 'a CPF or CNPJ with right check digits; since July 2026 a CNPJ may hold letters',
    dueDate: 'today or later on the wall clock of `TIME_ZONE`',
  },
  spreadsheet: {
    document: 'as `strict`; a CPF gets back leading zeros that a spreadsheet dropped, where its check digits agree',
    dueDate: 'as `strict`',
  },
  lenient: {
    document: 'as `strict`, or any number of 1 to 14 digits, as `043-97-2163` or `12.345.678-9`',
    dueDate: 'from 2000-07-03, the first day a barcode can say',
  },
} as const satisfies Record<string, ProfileRules>;

export type Profile = keyof typeof PROFILE_RULES;

export const PROFILES = Object.keys(PROFILE_RULES) as readonly Profile[];

export const DEFAULT_PROFILE = 'strict' satisfies Profile;
