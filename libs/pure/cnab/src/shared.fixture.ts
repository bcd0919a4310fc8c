import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRetorno, type Retorno } from './read-retorno.ts';

/** Facts about CNAB, and files of banks as other projects keep them. */
const FOLDER = join(import.meta.dirname, '../../../../../shared/boleto/cnab');

/** False in a clone without that folder. */
export const hasShared = existsSync(FOLDER);

export function sharedText(name: string): string {
  return readFileSync(join(FOLDER, name), 'utf8');
}

export function retornoNames(): readonly string[] {
  return hasShared ? readdirSync(join(FOLDER, 'retorno')).toSorted() : [];
}

export function remessaNames(): readonly string[] {
  return hasShared ? readdirSync(join(FOLDER, 'remessa')).toSorted() : [];
}

export function sharedFile(folder: 'retorno' | 'remessa', name: string): Buffer {
  return readFileSync(join(FOLDER, folder, name));
}

/** The rows of a CSV file of the folder, by the names of its header. */
export function sharedRows(name: string): readonly Readonly<Record<string, string>>[] {
  const [header, ...rows] = sharedText(name).trimEnd().split('\n').map(cellsOf);
  return rows.map((cells) => Object.fromEntries((header ?? []).map((column, at) => [column, cells[at] ?? ''])));
}

function cellsOf(line: string): readonly string[] {
  const cells: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (const each of line) {
    if (each === '"') isQuoted = !isQuoted;
    else if (each === ',' && !isQuoted) {
      cells.push(cell);
      cell = '';
    } else cell += each;
  }
  return [...cells, cell];
}

/** A retorno that must be one. */
export function retornoOf(bytes: Uint8Array): Retorno {
  const result = readRetorno(bytes);
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.found}`);
  return result.retorno;
}
