import { ProblemError } from '#http';

/** The ETag of an issuer. It changes with what PATCH can change, not with the numbers that are issued. */
export function entityTag({ version }: { readonly version: number }): string {
  return `"${version.toString()}"`;
}

/**
 * Compares If-Match with the ETag of what there is (RFC 9110, 13.1.1). A weak tag matches nothing.
 * @throws ProblemError PRECONDITION_REQUIRED without If-Match, PRECONDITION_FAILED if no tag in it is the one
 */
export function checkIfMatch(ifMatch: string | undefined, etag: string): void {
  if (ifMatch === undefined || ifMatch.trim() === '') throw matchRequired();
  const tags = new Set(ifMatch.split(',').map((tag) => tag.trim()));
  if (!tags.has('*') && !tags.has(etag)) throw changedMeanwhile(etag);
}

function matchRequired(): ProblemError {
  return new ProblemError({
    status: 428,
    code: 'PRECONDITION_REQUIRED',
    title: 'A change says what it changes',
    detail: 'Send If-Match with the ETag of the answer that you have changed. GET and POST give it.',
  });
}

/** `etag` is the present one, if it is known. */
export function changedMeanwhile(etag?: string): ProblemError {
  return new ProblemError({
    status: 412,
    code: 'PRECONDITION_FAILED',
    title: 'It has been changed meanwhile',
    detail: 'Nothing was changed. GET it again, look at what is there now, and send the change with the new ETag.',
    headers: etag === undefined ? undefined : { ETag: etag },
  });
}
