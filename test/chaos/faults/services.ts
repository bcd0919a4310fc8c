import type { Fault } from '../fault.ts';
import { someoneAt } from '../places.ts';
import { raiseAlarms } from './alarms.ts';
import { databaseFailures, reconnection } from './evidence.ts';

const brokerMissed = /"event\.action":"broker\.connect_failed"/;

export const brokerRestart: Fault = {
  name: 'broker-restart',
  says: 'SIGKILL of RabbitMQ, and start',
  async inject(trial) {
    const { world, chance, uploads } = trial;
    const { rabbitmq } = world.services;
    for (let at = 0; at < 2; at += 1) {
      await world.sleep(chance.between(1000, 3000));
      await rabbitmq.kill();
      trial.injected += 1;
      uploads.advance((at + 1) / 2);
      await rabbitmq.start();
    }
  },
  evidence: reconnection,
};

export const postgresRestart: Fault = {
  name: 'postgres-restart',
  touches: ['postgres'],
  says: 'immediate shutdown of PostgreSQL (no checkpoint, sessions cut), and start',
  async inject(trial) {
    const { world, chance, uploads } = trial;
    const { postgres } = world.services;
    const rounds = 4;
    for (let at = 0; at < rounds; at += 1) {
      await world.sleep(chance.between(1000, 2500));
      await postgres.stop('SIGQUIT');
      trial.injected += 1;
      await world.sleep(chance.between(0, 800));
      await postgres.start();
      uploads.advance((at + 1) / rounds);
    }
  },
  evidence: databaseFailures,
};

export const connections: Fault = {
  name: 'connections',
  touches: ['broker'],
  says: 'every connection to the broker closed by the broker, again and again',
  async inject(trial) {
    const { world, chance, uploads } = trial;
    const rounds = 8;
    for (let at = 0; at < rounds; at += 1) {
      await world.sleep(chance.between(700, 1800));
      trial.injected += await world.broker.closeConnections();
      uploads.advance((at + 1) / rounds);
    }
  },
  evidence: reconnection,
};

export const coldStart: Fault = {
  name: 'cold-start',
  says: 'all processes started 60 s before the broker and the database can be reached',
  async beforeLaunch({ world }) {
    await Promise.all([world.databaseProxy.refuse(), world.brokerProxy.refuse()]);
  },
  async inject(trial) {
    const { world } = trial;
    await world.sleep(60_000);
    await world.databaseProxy.listen();
    // The apps connect to the database first, less and less often, so the broker stays away until an app misses it.
    await someoneAt(world, 40_000, async () => (world.countLogs(brokerMissed) > 0 ? true : undefined));
    await world.brokerProxy.listen();
    trial.injected += 2;
    await world.ready();
  },
  async evidence({ world }) {
    const database = world.countLogs(/"event\.action":"database\.waiting"/);
    const broker = world.countLogs(brokerMissed);
    return { felt: database > 0 && broker > 0, text: `${database} attempts at the database, ${broker} at the broker` };
  },
};

export const halfOpen: Fault = {
  name: 'half-open',
  says: 'both services behind a black hole for more than two heartbeats: connections stay open, nothing comes through',
  async inject(trial) {
    const { world, chance, uploads } = trial;
    for (let at = 0; at < 3; at += 1) {
      await world.sleep(chance.between(800, 2000));
      const { brokerProxy, databaseProxy } = world;
      const proxies = [[brokerProxy], [databaseProxy], [brokerProxy, databaseProxy]][at] ?? [];
      for (const proxy of proxies) {
        proxy.halfOpen();
        trial.injected += proxy.open;
      }
      await world.sleep(world.heartbeatSeconds * 3500);
      for (const proxy of proxies) proxy.pass();
      uploads.advance((at + 1) / 3);
    }
  },
  evidence: reconnection,
};

export const network: Fault = {
  name: 'network',
  touches: ['network'],
  says: 'late, thin, breaking and reset connections to both services, in random order',
  async inject(trial) {
    const { world, chance, uploads } = trial;
    const rounds = 20;
    for (let at = 0; at < rounds; at += 1) {
      const proxy = chance.pick([world.brokerProxy, world.databaseProxy]);
      const kind = chance.pick(['delay', 'slow', 'drop', 'reset', 'reset']);
      if (kind === 'delay') proxy.delay(chance.between(20, 150));
      else if (kind === 'slow') proxy.slow(chance.between(20_000, 100_000));
      else if (kind === 'drop') proxy.drop(chance.between(200, 20_000));
      else proxy.reset();
      trial.injected += 1;
      await world.sleep(chance.between(500, 1500));
      proxy.pass();
      uploads.advance((at + 1) / rounds);
    }
  },
  evidence: reconnection,
};

export const memoryAlarm: Fault = {
  name: 'memory-alarm',
  touches: ['broker'],
  says: "the broker's memory alarm on and off: it reads nothing from those who publish",
  async inject(trial) {
    await raiseAlarms(trial, {
      raise: 'vm_memory_monitor:set_vm_memory_high_watermark(0.0001)',
      clear: 'vm_memory_monitor:set_vm_memory_high_watermark(0.4)',
      rounds: 20,
    });
  },
  async evidence({ world }) {
    const count = world.countLogs(/"event\.action":"broker\.blocked"/);
    return { felt: count > 0, text: `connections blocked ${count} times` };
  },
};
