import { appNames, type AppName } from '#scripts/lib/system/system.mjs';
import { keptPerTrial, type Fault, type Trial } from '../fault.ts';
import { committedBy, hold, someoneAt, whoIsHeld } from '../places.ts';
import { workers, type World } from '../world.ts';
import { reconnection, redelivery } from './evidence.ts';

const kills = 14;
const exitCodes = keptPerTrial<(number | null)[]>(() => []);
/** Transactions that were open while their process was frozen. */
const zombiesOf = keptPerTrial<string[]>(() => []);

export const kill: Fault = {
  name: 'kill',
  touches: ['apps'],
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

export const sigterm: Fault = {
  name: 'sigterm',
  says: 'SIGTERM of every process in turn, each replaced, under load',
  async inject(trial) {
    const { world, uploads } = trial;
    for (const [at, name] of appNames.entries()) {
      uploads.advance(at / appNames.length);
      await world.sleep(300);
      exitCodes(trial).push(await world.roll(name));
      trial.injected += 1;
    }
  },
  async evidence(trial) {
    const codes = exitCodes(trial);
    const orderly = codes.filter((code) => code === 0).length;
    const text = `${String(orderly)} of ${String(codes.length)} processes stopped in good order`;
    return { felt: orderly === codes.length, text };
  },
};

const freezes = 6;
const nobodyComesMs = 4000;

export const stopCont: Fault = {
  name: 'stop-cont',
  says: 'SIGSTOP of a random worker past its heartbeat, then SIGCONT: a zombie, every second one in the middle of a transaction',
  async inject(trial) {
    const { world, chance, uploads } = trial;
    for (let at = 0; at < freezes; at += 1) {
      uploads.advance((at + 1) / freezes);
      await world.sleep(chance.between(200, 1200));
      if (at % 2 === 0) await freezeInTransaction(trial);
      else await freeze(world, chance.pick(workers));
      trial.injected += 1;
    }
  },
  async evidence(trial) {
    const { felt, text } = await reconnection(trial);
    const { length } = zombiesOf(trial);
    return { felt: felt && length > 0, text: `${text}, ${length} transactions open meanwhile` };
  },
  async violations(trial) {
    const committed = await committedBy(trial.world, zombiesOf(trial));
    return committed === 0 ? [] : [`${committed} zombies committed work that was no longer theirs`];
  },
};

/** The broker closes a connection after two heartbeats of silence, and checks once in each. */
async function freeze(world: World, app: AppName): Promise<void> {
  await world.freeze(app, world.heartbeatSeconds * 3500);
}

/**
 * Its statement is answered a moment after it wakes, so that it first notices that the message is no longer its own.
 */
async function freezeInTransaction(trial: Trial): Promise<void> {
  const { world } = trial;
  const holder = await hold(world, 'begin');
  try {
    const app = await someoneAt(world, nobodyComesMs, async () => (await whoIsHeld(world))[0]?.app);
    if (app === undefined) return;
    const held = (await whoIsHeld(world)).filter((each) => each.app === app);
    await freeze(world, app);
    await world.sleep(1000);
    const still = new Set((await whoIsHeld(world)).map(({ transaction }) => transaction));
    zombiesOf(trial).push(
      ...held.flatMap(({ transaction }) => (transaction !== null && still.has(transaction) ? [transaction] : [])),
    );
  } finally {
    await holder.end();
  }
}

export const relays: Fault = {
  name: 'relays',
  says: 'three outbox relays at once, the first killed again and again',
  async beforeLaunch({ world }) {
    for (const label of ['dispatcher-2', 'dispatcher-3']) world.another('dispatcher', label);
  },
  async inject(trial) {
    const { world, chance, uploads } = trial;
    await world.ready();
    const rounds = 8;
    for (let at = 0; at < rounds; at += 1) {
      await world.sleep(chance.between(500, 1500));
      world.kill('dispatcher', 'SIGKILL');
      trial.injected += 1;
      uploads.advance((at + 1) / rounds);
    }
  },
  async evidence({ world }) {
    // The broker reports the messages of a channel with a delay of up to five seconds.
    await world.sleep(6000);
    const channels = await world.broker.publishers();
    const busy = channels.filter(({ published }) => published > 0).length;
    return { felt: busy >= 2, text: `${busy} processes had published at the end` };
  },
};
