// node scripts/debian13.mjs [-- NAME ARGUMENTS]: runs another script (default: test) on Debian 13, whose packages are
// newer: PostgreSQL 17 and RabbitMQ 4. Needs root on Debian or Ubuntu, and debootstrap, which it installs. The system
// is made once, below .local/debian13 (about 700 MB); it sees this checkout as its own. Mounts end with the script.
import './lib/run/on-pinned-node.mjs';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { findProgram, lastLines, run as runCommand } from './lib/run/commands.mjs';
import { prepareProject } from './lib/run/dependencies.mjs';
import { withLock } from './lib/run/lock.mjs';
import { createLog } from './lib/run/log.mjs';
import { runScript } from './lib/run/main.mjs';
import { localFolder, projectFolder } from './lib/run/paths.mjs';
import { UserError } from './lib/run/user-error.mjs';
import { aptInstall, canInstall } from './lib/services/apt.mjs';

const suite = 'trixie';
const root = join(localFolder, 'debian13');
const inside = `/srv/${basename(projectFolder)}`;
/** Mounts that the system needs from this machine, in a namespace of its own, so that nothing stays mounted. */
const enter = `
set -eu
mkdir -p "$ROOT$INSIDE" "$ROOT/srv/shared"
mount --bind "$PROJECT" "$ROOT$INSIDE"
[ ! -d "$SHARED" ] || mount --bind -o ro "$SHARED" "$ROOT/srv/shared"
mount --rbind /dev "$ROOT/dev"
mount -t proc proc "$ROOT/proc"
cp /etc/resolv.conf "$ROOT/etc/resolv.conf"
exec chroot "$ROOT" env -C "$INSIDE" "PATH=$INSIDE/node_modules/.bin:/usr/sbin:/usr/bin:/sbin:/bin" node "$@"
`;

const [separator, name = 'test', ...args] = process.argv.slice(2);
const log = createLog();
await runScript(log, async (run) => {
  if (separator !== undefined && separator !== '--') throw new UserError('Write: node scripts/debian13.mjs -- test …');
  if (!/^[a-z]+$/.test(name) || !existsSync(join(projectFolder, 'scripts', `${name}.mjs`)))
    throw new UserError(`There is no script ${name}.`);
  if (!canInstall()) throw new UserError('This needs root on Debian or Ubuntu.');
  await prepareProject(run, log);
  await withLock('debian13', { log, signal: run.signal }, () => makeSystem(run));
  const child = run.spawn('debian13', 'unshare', unshareArguments(), { output: 'inherit', env: enterEnvironment() });
  return (await child.exited) ?? 1;
});

/** @param {import('./lib/run/run.mjs').Run} run */
async function makeSystem(run) {
  if (existsSync(root)) return;
  if (findProgram('debootstrap') === undefined) await run.finishBeforeStop(aptInstall(['debootstrap'], log));
  log.info('Making a Debian 13 below .local/debian13 (once, some minutes) …');
  const unfinished = `${root}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const made = runCommand('debootstrap', ['--variant=minbase', '--include=ca-certificates', suite, unfinished]);
  const { code, output } = await run.finishBeforeStop(made);
  if (code !== 0) throw new UserError(`debootstrap failed:\n${lastLines(output)}`);
  renameSync(unfinished, root);
}

function unshareArguments() {
  const script = `scripts/${name}.mjs`;
  return ['--mount', '--propagation', 'private', 'sh', '-c', enter, 'enter', script, ...args];
}

function enterEnvironment() {
  const { DATABASE_URL: _database, RABBITMQ_URL: _broker, RABBITMQ_MANAGEMENT_URL: _management, ...rest } = process.env;
  const shared = join(dirname(projectFolder), 'shared');
  return { ...rest, ROOT: root, INSIDE: inside, PROJECT: projectFolder, SHARED: shared };
}
