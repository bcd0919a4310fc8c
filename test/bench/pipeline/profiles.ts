// Where the time goes: CPU profiles of the apps, statements of PostgreSQL.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { extname, join, resolve } from 'node:path';
import type { Log } from '#scripts/lib/run/log.mjs';
import { projectFolder } from '#scripts/lib/run/paths.mjs';
import type { Run } from '#scripts/lib/run/run.mjs';
import { until } from '#scripts/lib/run/wait.mjs';
import { rowsOf } from '../../rows.ts';
import type { Numbers } from './processes.ts';
import type { BenchStack } from './stack.ts';

const profiler = new URL(`profiler${extname(import.meta.url)}`, import.meta.url).href;
const FUNCTIONS_SHOWN = 12;
const STATEMENTS_SHOWN = 15;

/** CPU profiles of the processes that are started from now on. */
export class Profiles {
  readonly #raw: string;
  readonly #folder: string;
  readonly #before = process.env['NODE_OPTIONS'];

  /** @param folder where they go */
  constructor(run: Run, folder: string) {
    this.#raw = join(run.folder, 'profiles');
    run.addTemporary(this.#raw);
    mkdirSync(this.#raw, { recursive: true });
    this.#folder = resolve(process.env['INIT_CWD'] ?? process.cwd(), folder);
    process.env['NODE_OPTIONS'] = [this.#before, `--import=${profiler}`].filter(Boolean).join(' ');
    process.env['BENCH_PROFILE_FOLDER'] = this.#raw;
  }

  /** @param pids of the apps, by name */
  start(pids: Numbers): void {
    for (const pid of Object.values(pids)) process.kill(pid, 'SIGUSR2');
  }

  /** Ends and keeps them, and tells each app's costliest functions. */
  async end(pids: Numbers, log: Log): Promise<void> {
    for (const pid of Object.values(pids)) process.kill(pid, 'SIGUSR2');
    mkdirSync(this.#folder, { recursive: true });
    for (const [name, pid] of Object.entries(pids)) {
      const raw = join(this.#raw, `${String(pid)}.cpuprofile`);
      await until(() => isWritten(raw), { timeoutMs: 30_000, what: `the profile of ${name}` });
      const kept = join(this.#folder, `${name}.cpuprofile`);
      log.info(`\n${name} (${kept})`);
      for (const line of costliest(JSON.parse(readFileSync(raw, 'utf8')) as Profiler.Profile)) log.info(`  ${line}`);
      copyFileSync(raw, kept);
    }
  }

  /** After the apps have ended: threads write theirs on the way out. */
  close(pids: Numbers): void {
    const names = new Map(Object.entries(pids).map(([name, pid]) => [String(pid), name]));
    for (const file of readdirSync(this.#raw)) {
      const [, pid = '', thread = ''] = /^(\d+)-(\d+)\.cpuprofile$/.exec(file) ?? [];
      const name = names.get(pid);
      if (name !== undefined)
        copyFileSync(join(this.#raw, file), join(this.#folder, `${name}-thread-${thread}.cpuprofile`));
    }
    rmSync(this.#raw, { recursive: true, force: true });
    if (this.#before === undefined) delete process.env['NODE_OPTIONS'];
    else process.env['NODE_OPTIONS'] = this.#before;
    delete process.env['BENCH_PROFILE_FOLDER'];
  }
}

function isWritten(path: string): boolean {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return false;
  return readFileSync(path, 'utf8').endsWith('}');
}

/** Functions by their own time, callees left out. */
function costliest({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): string[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const own = new Map<string, number>();
  let busy = 0;
  for (const [at, id] of samples.entries()) {
    const frame = byId.get(id)?.callFrame;
    if (frame === undefined) continue;
    const { functionName, url, lineNumber } = frame;
    if (functionName === '(idle)') continue;
    const place =
      url === ''
        ? ''
        : ` ${url.replace(`file://${projectFolder}/`, '').replace(/.*node_modules\//, '')}:${String(lineNumber + 1)}`;
    const key = `${functionName || '(anonymous)'}${place}`;
    const ms = (timeDeltas[at] ?? 0) / 1000;
    own.set(key, (own.get(key) ?? 0) + ms);
    busy += ms;
  }
  const shown = [...own].toSorted(([, a], [, b]) => b - a).slice(0, FUNCTIONS_SHOWN);
  const lines = shown.map(
    ([key, ms]) => `${ms.toFixed(0).padStart(7)} ms ${((100 * ms) / busy).toFixed(1).padStart(5)} %  ${key}`,
  );
  return [`${busy.toFixed(0).padStart(7)} ms in all`, ...lines];
}

interface StatementRow extends Readonly<
  Record<'ms' | 'calls' | 'rows' | 'mean' | 'hit' | 'read' | 'dirtied' | 'wal', number>
> {
  readonly query: string;
}

/** The time that PostgreSQL spent on each statement, without planning. */
export async function statementsOf(stack: BenchStack): Promise<string[]> {
  const rows = await rowsOf<StatementRow>(
    stack,
    `select s.total_exec_time as ms, s.calls::float8, s.rows::float8, s.mean_exec_time as mean,
            s.shared_blks_hit::float8 as hit, s.shared_blks_read::float8 as read, s.shared_blks_dirtied::float8 as dirtied,
            s.wal_bytes::float8 / 1048576 as wal,
            regexp_replace(s.query, '\\s+', ' ', 'g') as query
     from pg_stat_statements s
     join pg_database d on d.oid = s.dbid
     where d.datname = current_database()
     order by s.total_exec_time desc
     limit $1`,
    [STATEMENTS_SHOWN],
  );
  const header = '     ms    calls      rows  mean ms  hit pages     read  dirtied  WAL MiB  statement';
  const lines = rows.map(({ ms, calls, rows: count, mean, hit, read, dirtied, wal, query }) =>
    [
      ms.toFixed(0).padStart(7),
      String(calls).padStart(8),
      String(count).padStart(9),
      mean.toFixed(2).padStart(8),
      String(hit).padStart(10),
      String(read).padStart(8),
      String(dirtied).padStart(8),
      wal.toFixed(1).padStart(8),
      ` ${query.slice(0, 110)}`,
    ].join(' '),
  );
  return [header, ...lines];
}
