const LINE_DIGITS = 8;
const DEBT_ID_LENGTH_MAX = 100;

/**
 * The name of a boleto's PDF in an export: `00000042-INV-7.pdf`. The debt id is text of the issuer, so the name keeps
 * only its ASCII letters (without accents), digits, `.`, `_` and `-`; other characters become `_`, and the rest is cut.
 * Two ids may then look equal or differ only in case, which Windows and macOS ignore. The line of the uploaded file,
 * the one in results.csv, makes every name unique. It also keeps the files in row order, and prevents names such as
 * `..`, `-rf` and `CON`.
 */
export function pdfName({ line, debtId }: { readonly line: number; readonly debtId: string }): string {
  const plain = debtId.normalize('NFD').replaceAll(/\p{Mark}/gu, '');
  const safe = plain.replaceAll(/[^A-Za-z0-9._-]/gu, '_').slice(0, DEBT_ID_LENGTH_MAX);
  return `${line.toString().padStart(LINE_DIGITS, '0')}-${safe}.pdf`;
}
