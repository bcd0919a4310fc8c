import { startPostgresServer } from '../../scripts/lib/postgres.mjs';
import { startRabbitServer } from '../../scripts/lib/rabbitmq.mjs';
import { requirePrograms } from '../../scripts/lib/stack.mjs';

/**
 * @typedef {object} Services
 * @property {Awaited<ReturnType<typeof startPostgresServer>>} postgres
 * @property {Awaited<ReturnType<typeof startRabbitServer>>} rabbitmq
 */

/**
 * A PostgreSQL and a RabbitMQ that may be killed: always our own, on private ports.
 * @param {import('../../scripts/lib/run.mjs').Run} run
 * @param {import('../../scripts/lib/log.mjs').Log} log
 * @returns {Promise<Services>}
 */
export async function startServices(run, log) {
  const programs = await requirePrograms(run, ['postgres', 'rabbitmq'], log);
  const [postgres, rabbitmq] = await Promise.all([
    startPostgresServer(run, programs.postgres),
    startRabbitServer(run, programs.rabbitmq),
  ]);
  return { postgres, rabbitmq };
}
