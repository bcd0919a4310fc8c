/**
 * The rules by which rows are judged. 'strict': CPF or CNPJ with right check digits, due date not past. 'spreadsheet':
 * the same, for a file of which the uploader knows that a spreadsheet dropped leading zeros: a CPF gets them back where
 * its check digits agree. 'lenient': any number, past due dates too.
 */
export const PROFILES = ['strict', 'spreadsheet', 'lenient'] as const;

export type Profile = (typeof PROFILES)[number];
