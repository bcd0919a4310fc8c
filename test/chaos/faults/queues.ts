import type { Missing } from '../broker-api.ts';
import { keptPerTrial, type Fault, type Trial } from '../fault.ts';
import type { Chance } from '../random.ts';
import { planned, topology } from '../topology.ts';
import { workers, type World } from '../world.ts';

/** For everything to be declared again: the relay looks twice in this time, when nothing is missed before. */
const repairPatienceMs = 65_000;

function belongsTo(queue: string, app: string): boolean {
  // The relay drains what is dead.
  if (app === 'dispatcher') return queue.endsWith('.dead') || queue.startsWith('billing.');
  return queue.startsWith(`${app}.`) && !queue.endsWith('.dead');
}

export const queueAway: Fault = {
  name: 'queue-away',
  says: 'each work, retry, suspect and dead queue deleted, empty, while its owner is away',
  touches: ['broker', 'apps'],
  async inject(trial) {
    const { world, uploads } = trial;
    const { broker } = world;
    for (const [at, app] of workers.entries()) {
      const comeBack = await world.takeAway(app);
      for (const queue of [...(await broker.depths()).keys()].filter((each) => belongsTo(each, app))) {
        if (await broker.deleteEmptyQueue(queue)) trial.injected += 1;
      }
      uploads.advance((at + 1) / workers.length);
      await world.sleep(1500);
      await comeBack();
    }
  },
  async evidence({ world, injected }) {
    const returned = world.countLogs(/"fate":"returned"|"event\.action":"consumer\.failed"/);
    return {
      felt: injected >= 20 && world.deaths() >= workers.length,
      text: `${injected} queues were gone, ${returned} messages or consumers found none`,
    };
  },
};

const graceSeconds = '5';
const losingRounds = 2;
/** Work queues of the workers, each with its owner. */
const losingQueues = [
  ['file-splitter.batches', 'file-splitter'],
  ['chunk-validator.chunks', 'chunk-validator'],
  ['boleto-generator.chunks', 'boleto-generator'],
  ['notifier.chunks', 'notifier'],
] as const;
/** How many messages each queue had when it was deleted. */
const lostOf = keptPerTrial(() => new Map<string, number>());

export const queueLost: Fault = {
  name: 'queue-lost',
  says: 'work queues deleted with the messages in them, while their owner is away and while it is up',
  touches: ['broker', 'apps'],
  losesMessages: true,
  async beforeLaunch({ world }) {
    world.environment['WATCHDOG_GRACE_SECONDS'] = graceSeconds;
    world.environment['CHUNKS_IN_FLIGHT'] = '16'; // more of them lie in the queues
  },
  async inject(trial) {
    const { world, uploads } = trial;
    await world.ready();
    const losses = Array.from({ length: losingRounds }, () => losingQueues).flat();
    for (const [at, [queue, owner]] of losses.entries()) {
      const comeBack = await world.takeAway(owner);
      uploads.advance((at + 1) / losses.length);
      await loseAll(trial, queue, 8000);
      await comeBack();
      await loseAll(trial, queue, 1000);
    }
  },
  async evidence(trial) {
    const { injected } = trial;
    const lost = lostOf(trial);
    const list = [...lost].map(([queue, count]) => `${count} of ${queue}`).join(', ');
    return { felt: injected >= 20 && lost.size >= 3, text: `messages lost with their queue: ${list || 'none'}` };
  },
};

/** Deletes the queue as soon as enough lies in it, or with what is there when patience ends. */
async function loseAll(trial: Trial, queue: string, patienceMs: number): Promise<void> {
  const { world } = trial;
  const lost = lostOf(trial);
  const deadline = Date.now() + patienceMs;
  let depth = 0;
  while (depth < 10 && Date.now() < deadline) {
    depth = (await world.broker.depths()).get(queue) ?? 0;
    await world.sleep(100);
  }
  if (depth === 0) return;
  await world.broker.deleteQueue(queue);
  lost.set(queue, (lost.get(queue) ?? 0) + depth);
  trial.injected += depth;
}

export const exchangeDelete: Fault = {
  name: 'exchange-delete',
  says: 'every exchange deleted, with the bindings at it, again and again',
  touches: ['broker'],
  async inject(trial) {
    const { world, chance, uploads } = trial;
    const { exchanges } = await topology();
    const names = Object.values(exchanges);
    const rounds = 5;
    for (let at = 0; at < rounds; at += 1) {
      await world.sleep(chance.between(200, 800));
      for (const name of chance.shuffle(names)) {
        await world.broker.deleteExchange(name);
        trial.injected += 1;
      }
      uploads.advance((at + 1) / rounds);
      await untilDeclared(world, (missing) => names.every((name) => !missing.exchanges.has(name)));
    }
  },
  async evidence({ world, injected }) {
    const failures = world.countLogs(/"event\.action":"publisher\.channel_failed"/);
    return { felt: injected >= 20 && failures > 0, text: `${failures} channels closed for want of an exchange` };
  },
  violations: nothingMissing,
};

export const bindingRemove: Fault = {
  name: 'binding-remove',
  says: 'every binding of every work and dead queue removed, while the queue has its consumer',
  touches: ['broker'],
  async inject(trial) {
    const { world, chance, uploads } = trial;
    const bindings = chance.shuffle(await world.broker.bindings());
    const rounds = 4;
    for (let at = 0; at < rounds; at += 1) {
      for (const binding of bindings.filter((_, index) => index % rounds === at)) {
        await world.broker.deleteBinding(binding);
        trial.injected += 1;
      }
      uploads.advance((at + 1) / rounds);
      await world.sleep(2000);
    }
  },
  async evidence({ world, injected }) {
    const returned = world.countLogs(/"fate":"returned"/);
    return { felt: injected >= 20 && returned > 0, text: `${returned} messages found no binding and went back` };
  },
  violations: nothingMissing,
};

export const queueRemake: Fault = {
  name: 'queue-remake',
  says: 'empty queues made again with other arguments while their owner is away: it says so, and works with them',
  touches: ['broker', 'apps'],
  async inject(trial) {
    const { world, chance, uploads } = trial;
    for (const [at, app] of workers.entries()) {
      const comeBack = await world.takeAway(app);
      for (const queue of [...(await world.broker.depths()).keys()].filter((each) => belongsTo(each, app))) {
        if (await world.broker.remakeQueue(queue, otherArguments(chance))) trial.injected += 1;
      }
      uploads.advance((at + 1) / workers.length);
      await comeBack();
      await world.sleep(500);
    }
  },
  async evidence({ world, injected }) {
    const told = world.countLogs(/"event\.action":"broker\.topology_differs"/);
    return { felt: injected >= 20 && told >= injected, text: `${injected} queues differed, told ${told} times` };
  },
};

/** Arguments that a classic queue does not have. */
const onlyQuorum = { 'x-delivery-limit': undefined, 'x-dead-letter-strategy': undefined };

/** Other arguments that a queue works with: the waits and the routes of its messages stay the same. */
function otherArguments(chance: Chance): Record<string, unknown> {
  return chance.pick<Record<string, unknown>>([
    { 'x-max-length': 1_000_000 },
    { 'x-queue-type': 'classic', ...onlyQuorum },
  ]);
}

async function nothingMissing({ world }: Trial): Promise<string[]> {
  const missing = await untilDeclared(world, ({ exchanges, bindings }) => exchanges.size + bindings.size === 0);
  return missing === undefined
    ? []
    : [`not declared again: ${[...missing.exchanges, ...missing.bindings].slice(0, 5).join(', ')}`];
}

/** @returns what is missing when patience ends */
async function untilDeclared(world: World, isEnough: (missing: Missing) => boolean): Promise<Missing | undefined> {
  const plan = await planned((world.environment['RETRY_DELAYS_MS'] ?? '').split(',').map(Number));
  const deadline = Date.now() + repairPatienceMs;
  for (;;) {
    const missing = await world.broker.missing(plan);
    if (isEnough(missing)) return undefined;
    if (Date.now() > deadline) return missing;
    await world.sleep(200);
  }
}
