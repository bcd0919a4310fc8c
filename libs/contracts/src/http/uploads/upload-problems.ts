/** The codes of refused uploads with their statuses; FIELD_INVALID is one more. Codes are stable. */
export const uploadProblems = {
  MULTIPART_EXPECTED: 415,
  MULTIPART_MALFORMED: 400,
  TOO_MANY_PARTS: 400,
  ENVELOPE_TOO_LARGE: 413,
  UPLOAD_TOO_SLOW: 408,
  UPLOAD_ABORTED: 400,
  FILE_MISSING: 400,
  FILE_EMPTY: 422,
  FILE_BINARY: 422,
  FILE_TOO_LARGE: 413,
  HEADER_MISSING: 422,
  HEADER_AMBIGUOUS: 422,
  HEADER_TOO_WIDE: 422,
  ISSUER_UNKNOWN: 422,
} as const;

export type UploadProblemCode = keyof typeof uploadProblems;

/** The codes that come with a status. */
export function uploadProblemCodes(status: number): readonly string[] {
  return Object.entries(uploadProblems).flatMap(([code, its]) => (its === status ? [code] : []));
}
