import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { startPostgresServer } from '../../scripts/lib/services/postgres.mjs';
import { startRabbitServer } from '../../scripts/lib/services/rabbitmq.mjs';
import { requirePrograms } from '../../scripts/lib/services/stack.mjs';

/**
 * @typedef {object} Services
 * @property {Awaited<ReturnType<typeof startPostgresServer>> & { libraries?: string }} postgres `libraries` is the
 *   folder of a copy that may be harmed
 * @property {Awaited<ReturnType<typeof startRabbitServer>>} rabbitmq
 */

/**
 * A PostgreSQL and a RabbitMQ that may be killed: always our own, on private ports.
 * @param {import('../../scripts/lib/run/run.mjs').Run} run
 * @param {import('../../scripts/lib/run/log.mjs').Log} log
 * @returns {Promise<Services>}
 */
export async function startServices(run, log) {
  const programs = await requirePrograms(run, ['postgres', 'rabbitmq'], log);
  const copy = copyOfPostgres(run, programs.postgres);
  const [postgres, rabbitmq] = await Promise.all([
    startPostgresServer(run, copy?.programs ?? programs.postgres),
    startRabbitServer(run, programs.rabbitmq),
  ]);
  return { postgres: { ...postgres, ...(copy === undefined ? {} : { libraries: copy.libraries }) }, rabbitmq };
}

/**
 * The server finds its libraries and its other files from where its program lies: a copy has its own.
 * @returns {{ programs: string, libraries: string } | undefined} undefined where it is not laid out as on Debian
 */
function copyOfPostgres(run, programs) {
  const version = basename(dirname(programs));
  const [original, shared] = ['/usr/lib/postgresql', '/usr/share/postgresql'].map((folder) => join(folder, version));
  if (programs !== join(original, 'bin') || !existsSync(shared)) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'smart-billing-programs-'));
  run.addTemporary(folder);
  chmodSync(folder, 0o755);
  const there = join(folder, original);
  cpSync(original, there, { recursive: true });
  mkdirSync(dirname(join(folder, shared)), { recursive: true });
  symlinkSync(shared, join(folder, shared));
  return { programs: join(there, 'bin'), libraries: join(there, 'lib') };
}
