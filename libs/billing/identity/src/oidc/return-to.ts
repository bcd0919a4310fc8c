/** Where a browser goes after a sign-in, unless it asked for another page. */
const HOME = '/';
const CHARS_MAX = 1_900;

/**
 * The path that a browser is sent to after a sign-in: of this origin, or the first page. A path that a browser could
 * read as another host (`//evil`, `/\evil`, with controls between) is none.
 */
export function returnPath(asked: string | undefined, publicUrl: string): string {
  if (asked === undefined || asked.length > CHARS_MAX || !asked.startsWith('/')) return HOME;
  const base = new URL(publicUrl);
  if (!URL.canParse(asked, publicUrl)) return HOME;
  const { origin, pathname, search, hash } = new URL(asked, publicUrl);
  return origin === base.origin && !pathname.startsWith('//') ? `${pathname}${search}${hash}` : HOME;
}
