import { parseArgs } from 'node:util';
import { parseBoleto } from '#boleto';
import { parseIsoDate } from '#calendar';
import { readArguments } from '../arguments.ts';
import { UsageError, type CommandIo } from '../command-io.ts';
import { explainBoleto } from './explain-boleto.ts';
import { explainProblem } from './explain-problem.ts';

export const PARSE_USAGE = [
  'npm run boleto -- parse LINHA [--today YYYY-MM-DD]      a linha digitável or a barcode, explained',
];

/** Explains a linha digitável or a barcode field by field. Exit code 1 if it is not a boleto. */
export function runParse(args: readonly string[], io: CommandIo): number {
  const { values, positionals } = readArguments(() =>
    parseArgs({ args: [...args], allowPositionals: true, options: { today: { type: 'string' } } }),
  );
  const today = values.today === undefined ? io.today : parseIsoDate(values.today);
  if (today === undefined) throw new UsageError('--today must be a date such as 2026-12-31');
  if (positionals.length === 0) throw new UsageError('which linha digitável?');

  // A printed linha has spaces. Without quotes each of its fields is an argument.
  const parsed = parseBoleto(positionals.join(' '), today);
  if (!parsed.ok) {
    for (const problem of parsed.problems) io.complain(explainProblem(problem, today));
    return 1;
  }
  for (const line of explainBoleto(parsed)) io.print(line);
  return 0;
}
