import { BANK_USAGE, runBank } from './bank/bank-command.ts';
import { UsageError, type CommandIo } from './command-io.ts';
import { COMPOSE_USAGE, runCompose } from './compose/compose-command.ts';
import { PARSE_USAGE, runParse } from './parse/parse-command.ts';
import { runVectors, VECTORS_USAGE } from './vectors/vectors-command.ts';

/** The exit code for an invalid command line. */
const USAGE_EXIT_CODE = 2;

const USAGES: Readonly<Record<string, readonly string[]>> = { vectors: VECTORS_USAGE, bank: BANK_USAGE };

/** Runs `vectors …`, `bank …`, `boleto parse …` or `boleto …` and returns the exit code. */
export async function runCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const usage = USAGES[args[0] ?? ''] ?? [...COMPOSE_USAGE, ...PARSE_USAGE];
  if (args.includes('--help') || args.includes('-h')) {
    for (const line of usage) io.print(line);
    return 0;
  }
  try {
    return await dispatch(args, io);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    for (const line of [error.message, '', ...usage]) io.complain(line);
    return USAGE_EXIT_CODE;
  }
}

async function dispatch([command, ...args]: readonly string[], io: CommandIo): Promise<number> {
  if (command === 'vectors') return await runVectors(args, io);
  if (command === 'bank') return await runBank(args, io);
  if (command !== 'boleto') throw new UsageError('the command must be vectors, bank or boleto');
  return args[0] === 'parse' ? runParse(args.slice(1), io) : await runCompose(args, io);
}
