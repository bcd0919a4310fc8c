import { uploadProblems, type UploadProblemCode } from '#contracts/http';
import type { FileProblem } from '#debts-csv';
import { ProblemError } from '#http';

/** A short sentence for each problem of an upload. */
const TITLES: Readonly<Record<UploadProblemCode, string>> = {
  MULTIPART_EXPECTED: 'The body is not multipart/form-data',
  MULTIPART_MALFORMED: 'The multipart body cannot be read',
  TOO_MANY_PARTS: 'The body has more parts than an upload needs',
  ENVELOPE_TOO_LARGE: 'The body is too large beside the file',
  UPLOAD_TOO_SLOW: 'The upload comes too slowly',
  UPLOAD_ABORTED: 'The upload broke off',
  FILE_MISSING: 'The body has no part named file',
  FILE_EMPTY: 'The file is empty',
  FILE_BINARY: 'The file is not text',
  FILE_TOO_LARGE: 'The file is too large',
  HEADER_MISSING: 'A column is missing in the header',
  HEADER_AMBIGUOUS: 'Two columns have the title of one field',
  HEADER_TOO_WIDE: 'The header has too many columns',
  ISSUER_UNKNOWN: 'There is no such issuer',
};

/** `detail` is for the uploader. */
export function uploadProblem(
  code: UploadProblemCode,
  detail: string,
  more: { readonly cause?: unknown; readonly extra?: Readonly<Record<string, unknown>> } = {},
): ProblemError {
  return new ProblemError({ code, status: uploadProblems[code], title: TITLES[code], detail, ...more });
}

/** The problem of a whole file in the words of #debts-csv, which are Portuguese: the uploader reads them. */
export function fileProblem({ code, message }: FileProblem): ProblemError {
  return uploadProblem(code, message);
}

export function fileTooLarge(bytesMax: number): ProblemError {
  return uploadProblem(
    'FILE_TOO_LARGE',
    `a file has at most ${bytesMax.toString()} bytes: send it as several files, each with the header`,
    { extra: { bytesMax } },
  );
}
