import { parseArgs } from 'node:util';
import { readArguments } from '../arguments.ts';
import { UsageError, type CommandIo } from '../command-io.ts';
import { readBankFile, type BankFile } from './bank-file.ts';
import { explainLines } from './explain-lines.ts';
import { jsonOf } from './retorno-json.ts';
import { tableOf } from './retorno-table.ts';
import { refusalText } from './words.ts';

export const BANK_USAGE = [
  'npm run bank -- explain FILE                a remessa or retorno of cobrança, explained field by field',
  'npm run bank -- read FILE… [--json]         the entries of retornos: what was paid, credited, refused',
];

/** Runs `bank explain` or `bank read`. Exit code 1 if a file is refused or has entries that cannot be read. */
export async function runBank([command, ...args]: readonly string[], io: CommandIo): Promise<number> {
  if (command === 'explain') return await runExplain(args, io);
  if (command === 'read') return await runRead(args, io);
  throw new UsageError('the command must be explain or read');
}

async function runExplain(args: readonly string[], io: CommandIo): Promise<number> {
  const { positionals } = readArguments(() => parseArgs({ args: [...args], allowPositionals: true, options: {} }));
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) throw new UsageError('one file is explained at a time');
  const file = await readBankFile(path, io);
  const lines = explainLines(file.bytes);
  if ('code' in lines) {
    io.complain(refusalText(lines));
    return 1;
  }
  for (const line of lines) io.print(line);
  return 0;
}

async function runRead(args: readonly string[], io: CommandIo): Promise<number> {
  const json = { type: 'boolean', default: false } as const;
  const { values, positionals } = readArguments(() =>
    parseArgs({ args: [...args], allowPositionals: true, options: { json } }),
  );
  if (positionals.length === 0) throw new UsageError('which files?');
  const files: BankFile[] = [];
  for (const path of positionals) files.push(await readBankFile(path, io));

  if (values.json) io.print(JSON.stringify(jsonOf(files), undefined, 2));
  else for (const line of files.flatMap(tableOf)) io.print(line);
  return files.every(isReadWhole) ? 0 : 1;
}

function isReadWhole({ result }: BankFile): boolean {
  return result.ok && result.retorno.entries.every(({ outcome }) => outcome === 'readable');
}
