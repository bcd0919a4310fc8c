import { parseIsoDate } from '#calendar';
import { runCommand } from './run-command.ts';

/** The results of a command: its output, its complaints and the files that it wrote. */
interface CommandRun {
  readonly exitCode: number;
  readonly printed: readonly string[];
  readonly complaints: readonly string[];
  readonly written: ReadonlyMap<string, Uint8Array>;
}

/** Runs a command in memory on 2026-11-21, with these files and this standard input (undefined: a terminal). */
export async function runWith(
  args: readonly string[],
  { files = {}, input }: { readonly files?: Readonly<Record<string, unknown>>; readonly input?: string } = {},
): Promise<CommandRun> {
  const printed: string[] = [];
  const complaints: string[] = [];
  const written = new Map<string, Uint8Array>();
  const today = parseIsoDate('2026-11-21');
  if (today === undefined) throw new Error('not a date');
  const exitCode = await runCommand(args, {
    readFile: async (path) => {
      if (!(path in files)) throw new Error(`no such file: ${path}`);
      const content = files[path];
      return await Promise.resolve(typeof content === 'string' ? content : JSON.stringify(content));
    },
    readBytes: async (path) => {
      const content = files[path];
      if (!(content instanceof Uint8Array)) throw new Error(`no such file: ${path}`);
      return await Promise.resolve(content);
    },
    writeFile: async (path, bytes) => {
      await Promise.resolve(written.set(path, bytes));
    },
    readInput: async () => await Promise.resolve(input),
    print: (line) => printed.push(line),
    complain: (line) => complaints.push(line),
    today,
  });
  return { exitCode, printed, complaints, written };
}
