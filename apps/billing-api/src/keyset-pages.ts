/**
 * The rows of a query, page after page, each page from just after the last row of the one before. The next page is
 * fetched while the one given is being used, and no further: memory holds two pages, however slow the reader is.
 */
export async function* keysetPages<R>(
  load: (after: R | undefined, limit: number) => Promise<readonly R[]>,
  pageRows: number,
): AsyncGenerator<readonly R[], void, void> {
  let next = load(undefined, pageRows);
  for (;;) {
    const page = await next;
    if (page.length === 0) return;
    const last = page.at(-1);
    if (page.length === pageRows) {
      next = load(last, pageRows);
      // It is awaited in the next round. A caller that stops before then has no use for its failure.
      next.catch(() => undefined);
    }
    yield page;
    if (page.length < pageRows) return;
  }
}
