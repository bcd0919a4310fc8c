import { readFile, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { calendarDateIn } from '#calendar';
import { runCommand } from './run-command.ts';

process.exitCode = await runCommand(process.argv.slice(2), {
  readFile: async (path) => await readFile(path, 'utf8'),
  readBytes: async (path) => await readFile(path),
  writeFile: async (path, bytes) => {
    await writeFile(path, bytes);
  },
  readInput: async () => (process.stdin.isTTY ? undefined : await text(process.stdin)),
  print: (line) => process.stdout.write(`${line}\n`),
  complain: (line) => process.stderr.write(`${line}\n`),
  today: calendarDateIn('America/Sao_Paulo', new Date()),
});
