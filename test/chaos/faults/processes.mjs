import { appNames } from '../../../scripts/lib/system.mjs';
import { workers } from '../world.mjs';
import { redelivery, reconnection } from './evidence.mjs';

const kills = 14;

/** @type {import('../faults.mjs').Fault} */
export const kill = {
  name: 'kill',
  says: 'SIGKILL of a random worker every 0.5 to 3 s',
  async inject(trial) {
    const { world, chance, uploads } = trial;
    for (let at = 0; at < kills; at += 1) {
      await world.sleep(chance.between(500, 3000));
      world.kill(chance.pick(workers), 'SIGKILL');
      trial.injected += 1;
      uploads.advance((at + 1) / kills);
    }
  },
  evidence: redelivery,
};

/** @type {import('../faults.mjs').Fault} */
export const sigterm = {
  name: 'sigterm',
  says: 'SIGTERM of every process in turn, each replaced, under load',
  async inject(trial) {
    const { world, uploads } = trial;
    for (const [at, name] of appNames.entries()) {
      uploads.advance(at / appNames.length);
      await world.sleep(300);
      trial.codes ??= [];
      trial.codes.push(await world.roll(name));
      trial.injected += 1;
    }
  },
  async evidence(trial) {
    const orderly = trial.codes.filter((code) => code === 0).length;
    const text = `${orderly} of ${trial.codes.length} processes stopped in good order`;
    return { felt: orderly === trial.codes.length, text };
  },
};

const freezes = 5;

/** @type {import('../faults.mjs').Fault} */
export const stopCont = {
  name: 'stop-cont',
  says: 'SIGSTOP of a random worker past its heartbeat, then SIGCONT: a zombie',
  async inject(trial) {
    const { world, chance, uploads } = trial;
    for (let at = 0; at < freezes; at += 1) {
      await world.sleep(chance.between(200, 1200));
      // The broker gives up a connection after two heartbeats of silence, and looks once in each.
      await world.freeze(chance.pick(workers), world.heartbeatSeconds * 3500);
      trial.injected += 1;
      uploads.advance((at + 1) / freezes);
    }
  },
  evidence: reconnection,
};

/** @type {import('../faults.mjs').Fault} */
export const relays = {
  name: 'relays',
  says: 'three outbox relays at once, the first killed again and again',
  async beforeLaunch({ world }) {
    for (const label of ['outbox-relay-2', 'outbox-relay-3']) world.another('outbox-relay', label);
  },
  async inject(trial) {
    const { world, chance, uploads } = trial;
    await world.ready();
    const rounds = 8;
    for (let at = 0; at < rounds; at += 1) {
      await world.sleep(chance.between(500, 1500));
      world.kill('outbox-relay', 'SIGKILL');
      trial.injected += 1;
      uploads.advance((at + 1) / rounds);
    }
  },
  async evidence({ world }) {
    // The broker tells how much a channel has published with a delay of up to five seconds.
    await world.sleep(6000);
    const channels = await world.broker.publishers();
    const busy = channels.filter(({ published }) => published > 0).length;
    return { felt: busy >= 2, text: `${busy} processes had published at the end` };
  },
};
