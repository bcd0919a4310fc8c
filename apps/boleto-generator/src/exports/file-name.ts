const LINE_DIGITS = 8;
const DEBT_ID_LENGTH_MAX = 100;

/**
 * The name of a boleto's PDF in an export: `00000042-INV-7.pdf`. The debt id is the issuer's own text, so only ASCII
 * letters (without their accents), digits, `.`, `_` and `-` are left of it, others become `_`, and it is cut. Two ids may
 * then look the same, or differ only in case, which Windows and macOS do not see: the line of the uploaded file, the one
 * in results.csv, makes the name unique whatever the id is. It also keeps the files in the order of the rows, and `..`,
 * `-rf` and `CON` from being names.
 */
export function pdfName({ line, debtId }: { readonly line: number; readonly debtId: string }): string {
  const plain = debtId.normalize('NFD').replaceAll(/\p{Mark}/gu, '');
  const safe = plain.replaceAll(/[^A-Za-z0-9._-]/gu, '_').slice(0, DEBT_ID_LENGTH_MAX);
  return `${line.toString().padStart(LINE_DIGITS, '0')}-${safe}.pdf`;
}
