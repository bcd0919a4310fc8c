const LINE_DIGITS = 8;
const DEBT_ID_LENGTH_MAX = 100;

/**
 * The name of a boleto's PDF in an export: `00000042-INV-7.pdf`. The debt id is the issuer's own text, so only ASCII
 * letters, digits, `.`, `_` and `-` are left of it, others become `_`, and it is cut; two ids may then look the same, or
 * differ only in case, which Windows and macOS do not see. The line (of the uploaded file, as in results.csv) makes the
 * name unique whatever the id, keeps the files in the order of the rows, and keeps `..`, `-rf` and `CON` from being names.
 */
export function pdfName({ line, debtId }: { readonly line: number; readonly debtId: string }): string {
  const safe = debtId.slice(0, DEBT_ID_LENGTH_MAX).replaceAll(/[^A-Za-z0-9._-]/gu, '_');
  return `${line.toString().padStart(LINE_DIGITS, '0')}-${safe}.pdf`;
}
