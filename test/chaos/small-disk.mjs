import { chmodSync, closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run as runCommand } from '../../scripts/lib/run/commands.mjs';

const mib = 1024 * 1024;
const ballastName = 'ballast';

/** True if a file system of limited size can be mounted here. */
export function canMount() {
  return process.platform === 'linux' && process.getuid?.() === 0;
}

/** A real file system in memory that can be filled. It is then full for every process. */
export class SmallDisk {
  #folder;

  /**
   * @param {{ folder?: string, sizeMib: number, user?: { uid: number, gid: number } }} options a new folder unless one
   *   is given
   */
  static async mount({ folder, sizeMib, user }) {
    const where = folder ?? mkdtempSync(join(tmpdir(), 'smart-billing-disk-'));
    mkdirSync(where, { recursive: true });
    if (folder === undefined) chmodSync(where, 0o755);
    const owner = user === undefined ? '' : `,uid=${String(user.uid)},gid=${String(user.gid)}`;
    await must('mount', ['-t', 'tmpfs', '-o', `size=${String(sizeMib)}m,mode=0700${owner}`, 'tmpfs', where]);
    return new SmallDisk(where);
  }

  /** @private use mount */
  constructor(folder) {
    this.#folder = folder;
  }

  /** For those who need an empty folder that is theirs. @param {{ uid: number, gid: number } | undefined} user */
  async subfolder(user) {
    const inner = join(this.#folder, 'data');
    mkdirSync(inner);
    if (user !== undefined) await must('chown', [`${String(user.uid)}:${String(user.gid)}`, inner]);
    return inner;
  }

  fill() {
    const file = openSync(join(this.#folder, ballastName), 'a');
    try {
      for (let bytes = mib; bytes >= 1;) {
        try {
          if (writeSync(file, Buffer.alloc(bytes)) < bytes) bytes = Math.floor(bytes / 16);
        } catch (error) {
          if (error.code !== 'ENOSPC') throw error;
          bytes = Math.floor(bytes / 16);
        }
      }
    } finally {
      closeSync(file);
    }
  }

  free() {
    rmSync(join(this.#folder, ballastName), { force: true });
  }

  /** The net below `unmount`, for a harness that is killed. @param {import('../../scripts/lib/run/run.mjs').Run} run */
  unmountAfter(run) {
    run.addUndo('sh', ['-c', '! mountpoint -q "$0" || umount -l "$0"', this.#folder]);
  }

  async unmount() {
    await must('umount', [this.#folder]);
    if (existsSync(this.#folder)) rmSync(this.#folder, { recursive: true, force: true });
  }

  get folder() {
    return this.#folder;
  }
}

async function must(command, args) {
  const { code, output } = await runCommand(command, args);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${output}`);
}
