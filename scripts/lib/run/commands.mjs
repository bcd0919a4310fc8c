import { spawn } from 'node:child_process';
import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Runs a command to its end and gives what it wrote. Never throws for a failing command.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ timeoutMs?: number, input?: string, env?: NodeJS.ProcessEnv, cwd?: string, uid?: number, gid?: number,
 *   signal?: AbortSignal }} [options]
 * @returns {Promise<{ code: number | null, stdout: string, output: string }>} code null: not found or killed
 */
export function run(command, args, options = {}) {
  const { timeoutMs, input = '', ...rest } = options;
  return new Promise((resolve) => {
    // Its own group: a Ctrl-C in the terminal must not cut a package installation in half.
    const child = spawn(command, args, { ...rest, stdio: 'pipe', detached: true });
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    let stdout = '';
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    const finish = (/** @type {number | null} */ code) => {
      clearTimeout(timer);
      resolve({ code, stdout, output });
    };
    child.on('error', (error) => {
      output += error.message;
      finish(null);
    });
    child.on('close', finish);
    child.stdin.on('error', () => {}); // the command may end without reading its input
    child.stdin.end(input);
  });
}

/**
 * The path of a program, or undefined.
 * @param {string} name
 * @param {string[]} [moreFolders] searched after PATH
 */
export function findProgram(name, moreFolders = []) {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''), ...moreFolders];
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

/** @param {string} path */
export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * The entries of a folder whose names match, newest version first; none when there is no such folder.
 * @param {string} folder
 * @param {RegExp} [pattern]
 */
export function versionedFolders(folder, pattern = /./) {
  try {
    return readdirSync(folder)
      .filter((name) => pattern.test(name))
      .toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/**
 * The last lines of a text, for an error message.
 * @param {string} text
 */
export function lastLines(text, count = 15) {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
