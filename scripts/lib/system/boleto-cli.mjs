import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { prepareProject } from '../run/dependencies.mjs';
import { createLog } from '../run/log.mjs';
import { runScript } from '../run/main.mjs';
import { projectFolder } from '../run/paths.mjs';

const entry = join(projectFolder, 'dist', 'apps', 'boleto-cli', 'src', 'main.js');

/**
 * Runs a command of apps/boleto-cli, built if need be, on this terminal and in the folder that npm was called from.
 * @param {string[]} args
 */
export async function runBoletoCli(args) {
  const log = createLog({ json: true }); // standard output is the command's
  await runScript(log, async (run) => {
    await prepareProject(run, log);
    const cwd = process.env['INIT_CWD'] ?? process.cwd();
    const child = spawn(process.execPath, [entry, ...args], { cwd, stdio: 'inherit' });
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => resolve(code ?? 1));
    });
  });
}
