import { parseArgs } from 'node:util';
import { z } from 'zod';
import { readArguments } from '../arguments.ts';
import { UsageError, type CommandIo } from '../command-io.ts';
import { checkDocuments, documentsFile } from './check-documents.ts';
import { checkPix, pixFile } from './check-pix.ts';
import { checkVectors } from './check-vectors.ts';
import { reportOf, type CaseResult } from './report.ts';
import { vectorFile } from './vector.ts';

export const VECTORS_USAGE = [
  'npm run vectors -- FILE.json               boletos: inputs, codigo_barras, linha_digitavel, nosso_numero_impresso',
  'npm run vectors -- --broken FILE.json      boletos that must all be refused',
  'npm run vectors -- --documents FILE.json   CPFs and CNPJs: value, valid',
  'npm run vectors -- --pix FILE.json         BR Codes: payload, valid_crc',
];

/** Prints failures, expected refusals and `N passed, N failed`. Exit code 1 if any case failed. */
export async function runVectors(args: readonly string[], io: CommandIo): Promise<number> {
  const { path, check } = checkOf(args);
  const { lines, failed } = reportOf(check(await readJson(path, io)));
  for (const line of lines) io.print(line);
  return failed === 0 ? 0 : 1;
}

type Check = (content: unknown) => readonly CaseResult[];

function checkOf(args: readonly string[]): { readonly path: string; readonly check: Check } {
  const flag = { type: 'boolean', default: false } as const;
  const { values, positionals } = readArguments(() =>
    parseArgs({ args: [...args], allowPositionals: true, options: { documents: flag, pix: flag, broken: flag } }),
  );
  const [path] = positionals;
  const chosen = [values.documents, values.pix, values.broken].filter(Boolean).length;
  if (path === undefined || positionals.length > 1 || chosen > 1) throw new UsageError('one file is checked at a time');

  if (values.documents) return { path, check: (content) => checkDocuments(shaped(documentsFile, content, path)) };
  if (values.pix) return { path, check: (content) => checkPix(shaped(pixFile, content, path)) };
  const options = { allBroken: values.broken };
  return { path, check: (content) => checkVectors(shaped(vectorFile, content, path), options) };
}

async function readJson(path: string, io: CommandIo): Promise<unknown> {
  try {
    return JSON.parse(await io.readFile(path));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${path} cannot be read as JSON: ${reason}`, { cause: error });
  }
}

function shaped<T>(schema: z.ZodType<T>, content: unknown, path: string): T {
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  throw new UsageError(`${path} is not such a file:\n${z.prettifyError(result.error)}`);
}
