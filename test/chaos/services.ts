import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Log } from '#scripts/lib/run/log.mjs';
import type { Run } from '#scripts/lib/run/run.mjs';
import { startPostgresServer, type PostgresServer } from '#scripts/lib/services/postgres.mjs';
import { startRabbitServer, type BrokerServer } from '#scripts/lib/services/rabbitmq.mjs';
import { requirePrograms } from '#scripts/lib/services/stack.mjs';

export interface Services {
  /** `libraries` is the folder of a copy that may be harmed. */
  readonly postgres: Omit<PostgresServer, 'ownerUrl'> & { readonly libraries?: string };
  readonly rabbitmq: BrokerServer;
}

/** A PostgreSQL and a RabbitMQ that may be killed: always our own, on private ports. */
export async function startServices(run: Run, log: Log): Promise<Services> {
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
 * @returns undefined where it is not laid out as on Debian
 */
function copyOfPostgres(run: Run, programs: string): { programs: string; libraries: string } | undefined {
  const version = basename(dirname(programs));
  const original = join('/usr/lib/postgresql', version);
  const shared = join('/usr/share/postgresql', version);
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
