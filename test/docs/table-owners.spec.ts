import { describe, expect, test } from 'vitest';
import { productionFiles, readProject, tableNames, tablesWritten, textsOf } from './statements.ts';

const tables = tableNames();

/** `apps/notifier` of one of its files, `batches` of one of libs/billing/batches. */
function unitOf(file: string): string {
  const [layer = '', group = '', unit = ''] = file.split('/');
  return layer === 'apps' ? group : unit;
}

/** The units that write each table, by the statements of the sources and of the functions of the schema. */
function writersByTable(): ReadonlyMap<string, ReadonlySet<string>> {
  const writers = new Map<string, Set<string>>([...tables].map((table) => [table, new Set()]));
  const note = (text: string, unit: string) => {
    for (const table of tablesWritten(text, tables)) writers.get(table)?.add(unit);
  };
  for (const file of productionFiles()) for (const { text } of textsOf(file)) note(text, unitOf(file));
  note(readProject('migrations/schema.sql').replace(/^[^]*?(?=^CREATE OR REPLACE FUNCTION)/m, ''), 'triggers');
  return writers;
}

/** The table of docs/architecture.md: a row for each table, its owner first among its writers. */
function documented(): ReadonlyMap<string, readonly string[]> {
  const [, section = ''] = readProject('docs/architecture.md').split('## One table, one owner');
  const rows = section.split('\n## ')[0]?.matchAll(/^\| `(\w+)` +\| ([^|]+?) +\|/gm) ?? [];
  return new Map([...rows].map(([, table = '', writers = '']) => [table, writers === '–' ? [] : writers.split(', ')]));
}

test('docs/architecture.md names the writers of each table, and no program writes one that is not its own', () => {
  const written = [...writersByTable()].map(([table, writers]) => [table, [...writers].toSorted()]);
  const said = [...documented()].map(([table, writers]) => [table, writers.toSorted()]);
  expect(Object.fromEntries(said)).toEqual(Object.fromEntries(written));
});

test('no other file than those of the life of a batch changes its status', () => {
  const writers = productionFiles().filter((file) =>
    textsOf(file).some(({ text }) =>
      /\binsert\s+into\s+batches\b|\bupdate\s+batches\b[^]*?\bset\b(?:(?!\bwhere\b)[^])*?\bstatus\s*=/i.test(text),
    ),
  );
  expect(writers).toEqual([
    'libs/billing/batches/src/close.queries.ts',
    'libs/billing/batches/src/lifecycle.queries.ts',
  ]);
});

describe('what a text of SQL writes', () => {
  test.each([
    ['insert into debts (id) select 1', ['debts']],
    ['with gone as (delete from outbox returning id) update batches b set status = $1', ['outbox', 'batches']],
    ['insert into inbox values (1) on conflict (id) do update set seen = true', ['inbox']],
    ['select 1 from batches for update', []],
    ['select 1 from batches b for no key update of b skip locked', []],
    ['update what_is_no_table set a = 1', []],
    ['delete\n  from only chunks', ['chunks']],
  ])('%s', (sql, written) => {
    expect(tablesWritten(sql, tables).toSorted()).toEqual(written.toSorted());
  });

  test('is read from strings and templates, and not from comments', () => {
    const source =
      "/* delete from debts */ run(`update batches -- delete from chunks\n set a = ${delete_('insert into outbox')}`);";
    const texts = textsOf('example.ts', source);
    expect(texts.flatMap(({ text }) => tablesWritten(text, tables))).toEqual(['batches', 'outbox']);
  });
});
