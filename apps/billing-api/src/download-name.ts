const NAME_CHARS_MAX = 100;

/**
 * The name of a file made from an uploaded one: `debts.csv` and `results.csv` give `debts.results.csv`. The uploaded
 * name is the client's text: folders, control characters and what a file system refuses are taken out.
 */
export function downloadName(uploadedName: string, suffix: string): string {
  const base = uploadedName
    .replace(/^.*[/\\]/s, '')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}<>:"|?*]/gu, '')
    .replace(/\.[^.]{1,8}$/, '')
    .replace(/^[.\s]+/, '')
    .trim();
  const short = Array.from(base).slice(0, NAME_CHARS_MAX).join('').trim();
  return `${short === '' ? 'batch' : short}.${suffix}`;
}
