import { ProblemError } from '#http';
import type { FileProblem } from '#debts-csv';

/** Every way in which an upload can be refused, besides FIELD_INVALID. Codes are stable. */
const PROBLEMS = {
  MULTIPART_EXPECTED: { status: 415, title: 'The body is not multipart/form-data' },
  MULTIPART_MALFORMED: { status: 400, title: 'The multipart body cannot be read' },
  TOO_MANY_PARTS: { status: 400, title: 'The body has more parts than an upload needs' },
  ENVELOPE_TOO_LARGE: { status: 413, title: 'The body is too large beside the file' },
  UPLOAD_TOO_SLOW: { status: 408, title: 'The upload comes too slowly' },
  UPLOAD_ABORTED: { status: 400, title: 'The upload broke off' },
  FILE_MISSING: { status: 400, title: 'The body has no part named file' },
  FILE_EMPTY: { status: 422, title: 'The file is empty' },
  FILE_BINARY: { status: 422, title: 'The file is not text' },
  FILE_TOO_LARGE: { status: 413, title: 'The file is too large' },
  HEADER_MISSING: { status: 422, title: 'A column is missing in the header' },
  HEADER_AMBIGUOUS: { status: 422, title: 'Two columns have the title of one field' },
  HEADER_TOO_WIDE: { status: 422, title: 'The header has too many columns' },
  ISSUER_UNKNOWN: { status: 422, title: 'There is no such issuer' },
} as const;

type UploadProblemCode = keyof typeof PROBLEMS;

/** The codes that come with a status, for the documentation. */
export function uploadProblemCodes(status: number): readonly string[] {
  return Object.entries(PROBLEMS).flatMap(([code, problem]) => (problem.status === status ? [code] : []));
}

/** `detail` is for the uploader. */
export function uploadProblem(
  code: UploadProblemCode,
  detail: string,
  more: { readonly cause?: unknown; readonly extra?: Readonly<Record<string, unknown>> } = {},
): ProblemError {
  return new ProblemError({ code, ...PROBLEMS[code], detail, ...more });
}

/** What #debts-csv says about a whole file, which is Portuguese: the uploader reads it. */
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
