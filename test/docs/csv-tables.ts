import {
  COLUMNS,
  DEFAULT_PROFILE,
  FIELDS,
  PROFILE_RULES,
  PROFILES,
  REJECTION_CODES,
  REJECTIONS,
  titlesOf,
  type Field,
} from '#debts-csv';

/** The tables of docs/csv.md that come from code, by the name in their marker. */
export const TABLES: Readonly<Record<string, () => string>> = {
  columns: () =>
    table(
      ['field', 'required', 'content', 'other titles'],
      FIELDS.map((field) => [code(field), COLUMNS[field].required ? 'yes' : 'no', contentOf(field), titles(field)]),
    ),
  profiles: () =>
    table(
      ['profile', 'document', 'due date'],
      PROFILES.map((profile) => {
        const { document, dueDate } = PROFILE_RULES[profile];
        return [`${code(profile)}${profile === DEFAULT_PROFILE ? ' (default)' : ''}`, document, dueDate];
      }),
    ),
  'codes about a cell': () =>
    table(
      ['code', 'field', 'meaning', 'in Portuguese', 'example', 'what to do'],
      REJECTION_CODES.flatMap((each) => {
        const { about, en, pt, example, fix } = REJECTIONS[each];
        return about === 'row' ? [] : [[code(each), about === 'any' ? about : code(about), en, pt, example, fix]];
      }),
    ),
  'codes about a row': () =>
    table(
      ['code', 'meaning', 'in Portuguese', 'example', 'what to do'],
      REJECTION_CODES.flatMap((each) => {
        const { about, en, pt, example, fix } = REJECTIONS[each];
        return about === 'row' ? [[code(each), en, pt, example, fix]] : [];
      }),
    ),
};

const MARKED = /(<!-- generated: ([a-z ]+) -->\n)[^]*?(<!-- end -->)/g;

/** The names of the generated tables in a page. */
export function tablesIn(page: string): readonly string[] {
  return Array.from(page.matchAll(MARKED), ([, , name = '']) => name);
}

/** The page with its generated tables as the code has them. */
export function withTables(page: string): string {
  return page.replaceAll(
    MARKED,
    (_, begin: string, name: string, end: string) => `${begin}\n${TABLES[name]?.() ?? ''}\n\n${end}`,
  );
}

function contentOf(field: Field): string {
  const column: { readonly content: string; readonly charsMax?: number } = COLUMNS[field];
  const limit = column.charsMax === undefined ? [] : [`up to ${column.charsMax.toString()} characters`];
  return [column.content, ...limit].join('; ');
}

function titles(field: Field): string {
  const { known, exported } = titlesOf(field);
  return [...known.slice(1), ...exported].map(code).join(', ');
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
