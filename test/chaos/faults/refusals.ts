import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import type { Fault } from '../fault.ts';
import type { World } from '../world.ts';
import { databaseFailures, reconnection } from './evidence.ts';

const permissionRounds = { min: 4, max: 20 };
/** The broker tells of a connection some seconds after it was made: a round may see few. */
const cutMin = 24;
const nothing = { configure: '^$', write: '^$', read: '^$' };

export const permissions: Fault = {
  name: 'permissions',
  says: "the permissions of the apps' users of the broker revoked, within the vhost and to it, and given back",
  touches: ['broker'],
  async inject(trial) {
    const { world, chance, uploads } = trial;
    try {
      for (let at = 0; at < permissionRounds.min || (at < permissionRounds.max && trial.injected < cutMin); at += 1) {
        await world.sleep(chance.between(500, 1500));
        if (at % 2 === 0) await world.broker.permit(nothing);
        else await world.broker.banish();
        // A channel remembers for a while what it may do; a new one asks.
        trial.injected += await world.broker.closeConnections();
        uploads.advance((at + 1) / permissionRounds.min);
        await world.sleep(chance.between(1500, 2500));
        await world.broker.permit();
      }
    } finally {
      await world.broker.permit();
    }
  },
  async evidence(trial) {
    const refused = trial.world.countLogs(/ACCESS_REFUSED|NOT_ALLOWED|access to vhost/i);
    const { felt, text } = await reconnection(trial);
    return { felt: felt && refused > 0 && trial.injected >= 20, text: `${refused} refusals, ${text}` };
  },
};

const occupiedRounds = 3;
/** More than max_connections: the last ones are refused, the superuser's own included. */
const everySession = 210;

export const connectionLimit: Fault = {
  name: 'connection-limit',
  says: "every connection that PostgreSQL has occupied by others, and the apps' own ended",
  touches: ['postgres'],
  async inject(trial) {
    const { world, chance, uploads } = trial;
    const control = await world.database.session();
    try {
      for (let at = 0; at < occupiedRounds; at += 1) {
        await world.sleep(chance.between(300, 800));
        const taken = await occupy(world, everySession);
        trial.injected += await world.endSessions(async (sql) => (await control.query(sql)).rows);
        // Takes the sessions that the apps leave, before the apps reconnect.
        taken.push(...(await occupy(world, 64)));
        uploads.advance((at + 1) / occupiedRounds);
        await world.sleep(chance.between(2000, 3000));
        await Promise.all(taken.map((session) => session.end()));
      }
    } finally {
      await control.end();
    }
  },
  async evidence(trial) {
    const refused = trial.world.countLogs(/too many clients|remaining connection slots|53300/);
    const { text } = await databaseFailures(trial);
    return { felt: refused > 0 && trial.injected >= 20, text: `${refused} sessions refused, ${text}` };
  },
};

/** Opens the wanted number of sessions, or as many as the server has left. */
async function occupy(world: World, wanted: number): Promise<Client[]> {
  const results = await Promise.allSettled(Array.from({ length: wanted }, () => world.database.session()));
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

const upgradeRounds = 3;
const library = 'plpgsql.so';

export const postgresUpgrade: Fault = {
  name: 'postgres-upgrade',
  says: "PostgreSQL's libraries taken from under the running server, as by an upgrade (58P01), until it is restarted",
  touches: ['postgres'],
  cannot: (services) =>
    services.postgres.libraries === undefined ? 'PostgreSQL cannot run from a copy here' : undefined,
  async inject(trial) {
    const { world, chance, uploads } = trial;
    const { postgres } = world.services;
    const there = join(postgres.libraries ?? '', library);
    const aside = `${there}.aside`;
    try {
      for (let at = 0; at < upgradeRounds; at += 1) {
        await world.sleep(chance.between(500, 1500));
        renameSync(there, aside);
        // A session keeps the library that it has loaded.
        trial.injected += await world.endSessions();
        uploads.advance((at + 1) / upgradeRounds);
        await world.sleep(chance.between(2500, 4000));
        renameSync(aside, there);
        await postgres.stop('SIGINT');
        await postgres.start();
      }
    } finally {
      if (existsSync(aside)) renameSync(aside, there);
    }
  },
  async evidence(trial) {
    const missed = trial.world.countLogs(/could not access file|58P01/);
    const { text } = await databaseFailures(trial);
    return { felt: missed > 0 && trial.injected >= 20, text: `${missed} times a library was missed, ${text}` };
  },
};
