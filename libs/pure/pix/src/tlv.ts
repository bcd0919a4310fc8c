/** One data object of a BR Code: two digits of tag, two of length, the value. */
export interface DataObject {
  /** Two digits. */
  readonly tag: string;
  readonly value: string;
}

export const VALUE_CHARS_MAX = 99;

/** The value is 1 to 99 characters; longer ones have no two-digit length. */
export function writeObject(tag: string, value: string): string {
  return `${tag}${charactersOf(value).length.toString().padStart(2, '0')}${value}`;
}

/** Lengths are in characters, not in bytes and not in the UTF-16 units of a string. */
function charactersOf(text: string): readonly string[] {
  return Array.from(text);
}

/** Why a text is not a row of data objects. `tag` is the one that could not be read, '' if not even that could be. */
interface Unreadable {
  readonly tag: string;
  readonly message: string;
}

/**
 * The data objects that make up the whole text, in order, or what is wrong with the first that cannot be read. Values
 * are not looked into.
 */
export function readObjects(text: string): readonly DataObject[] | Unreadable {
  const characters = charactersOf(text);
  const objects: DataObject[] = [];
  const seen = new Set<string>();
  for (let at = 0; at < characters.length;) {
    const tag = characters.slice(at, at + 2).join('');
    const length = characters.slice(at + 2, at + 4).join('');
    if (!/^\d\d$/.test(tag)) return { tag: '', message: `character ${(at + 1).toString()} does not begin a tag` };
    if (!/^\d\d$/.test(length) || length === '00') return { tag, message: 'has no length from 01 to 99' };
    if (seen.has(tag)) return { tag, message: 'is there twice' };

    const end = at + 4 + Number(length);
    if (end > characters.length) return { tag, message: `ends before its ${length} characters do` };
    seen.add(tag);
    objects.push({ tag, value: characters.slice(at + 4, end).join('') });
    at = end;
  }
  return objects;
}
