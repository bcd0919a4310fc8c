import { chmodSync, closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run as runCommand } from '#scripts/lib/run/commands.mjs';
import type { Run } from '#scripts/lib/run/run.mjs';
import type { Ids } from '#scripts/lib/services/service-user.mjs';

const mib = 1024 * 1024;
const ballastName = 'ballast';

/** True if a file system of limited size can be mounted here. */
export function canMount(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0;
}

/** A real file system in memory that can be filled. It is then full for every process. */
export class SmallDisk {
  readonly #folder: string;

  /** @param options a new folder unless one is given */
  static async mount({
    folder,
    sizeMib,
    user,
  }: {
    readonly folder?: string;
    readonly sizeMib: number;
    readonly user?: Ids | undefined;
  }): Promise<SmallDisk> {
    const where = folder ?? mkdtempSync(join(tmpdir(), 'smart-billing-disk-'));
    mkdirSync(where, { recursive: true });
    if (folder === undefined) chmodSync(where, 0o755);
    const owner = user === undefined ? '' : `,uid=${String(user.uid)},gid=${String(user.gid)}`;
    await must('mount', ['-t', 'tmpfs', '-o', `size=${String(sizeMib)}m,mode=0700${owner}`, 'tmpfs', where]);
    return new SmallDisk(where);
  }

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** For those who need an empty folder that is theirs. */
  async subfolder(user: Ids | undefined): Promise<string> {
    const inner = join(this.#folder, 'data');
    mkdirSync(inner);
    if (user !== undefined) await must('chown', [`${String(user.uid)}:${String(user.gid)}`, inner]);
    return inner;
  }

  fill(): void {
    const file = openSync(join(this.#folder, ballastName), 'a');
    try {
      for (let bytes = mib; bytes >= 1;) {
        try {
          if (writeSync(file, Buffer.alloc(bytes)) < bytes) bytes = Math.floor(bytes / 16);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
          bytes = Math.floor(bytes / 16);
        }
      }
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(join(this.#folder, ballastName), { force: true });
  }

  /** The net below `unmount`, for a harness that is killed. */
  unmountAfter(run: Run): void {
    run.addUndo('sh', ['-c', '! mountpoint -q "$0" || umount -l "$0"', this.#folder]);
  }

  async unmount(): Promise<void> {
    await must('umount', [this.#folder]);
    if (existsSync(this.#folder)) rmSync(this.#folder, { recursive: true, force: true });
  }

  get folder(): string {
    return this.#folder;
  }
}

async function must(command: string, args: readonly string[]): Promise<void> {
  const { code, output } = await runCommand(command, args);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${output}`);
}
