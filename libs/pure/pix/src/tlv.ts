/** One data object of a BR Code: two digits of tag, two of length, the value. */
export interface DataObject {
  /** Two digits. */
  readonly tag: string;
  readonly value: string;
}

export const VALUE_CHARS_MAX = 99;

/** Writes a data object. The value has 1 to 99 characters, because the length has two digits. */
export function writeObject(tag: string, value: string): string {
  return `${tag}${charactersOf(value).length.toString().padStart(2, '0')}${value}`;
}

/** The characters of the text. Lengths count characters, not bytes and not the UTF-16 units of a string. */
function charactersOf(text: string): readonly string[] {
  return Array.from(text);
}

/**
 * The reason why a text is not a row of data objects. `tag` is the unreadable one, or '' if the tag itself is
 * unreadable.
 */
interface Unreadable {
  readonly tag: string;
  readonly message: string;
}

/** The data objects of the whole text in order, or the fault of the first unreadable one. Values are not parsed. */
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
