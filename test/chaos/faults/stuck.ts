import { keptPerTrial, type Fault, type Trial } from '../fault.ts';
import { committedBy, hold, whoIsHeld, type Held } from '../places.ts';
import type { World } from '../world.ts';

const consumerTimeoutMs = 6000;
/** The interval at which RabbitMQ checks its channels; its default is a minute. */
const tickMs = 1000;
const rounds = 3;
/** Transactions of handlers that outlived their channel. */
const zombiesOf = keptPerTrial<string[]>(() => []);

export const consumerTimeout: Fault = {
  name: 'consumer-timeout',
  says: "handlers stuck for longer than the broker's consumer_timeout: it closes their channels, not their connections",
  async beforeLaunch({ world }) {
    await limit(world, consumerTimeoutMs, tickMs);
  },
  async inject(trial) {
    const { world, uploads } = trial;
    await world.ready();
    try {
      for (let at = 0; at < rounds; at += 1) {
        uploads.advance((at + 1) / rounds);
        await holdHandlers(trial);
        await world.sleep(500);
      }
    } finally {
      await limit(world, 1_800_000, 60_000);
      await world.broker.closeConnections(); // a channel keeps the limit it was opened under
    }
  },
  async evidence(trial) {
    const { world } = trial;
    const zombies = zombiesOf(trial);
    const closed = world.countLogs(/"event\.action":"consumer\.channel_failed".*timed out/);
    return {
      felt: closed > 0 && zombies.length > 0,
      text: `${closed} channels closed by the broker, ${zombies.length} handlers outlived their channel`,
    };
  },
  async violations(trial) {
    const committed = await committedBy(trial.world, zombiesOf(trial));
    return committed === 0 ? [] : [`${committed} handlers committed work that was no longer theirs`];
  },
};

/** Every handler that begins its transaction is held there, until the broker has given up on those who came first. */
async function holdHandlers(trial: Trial): Promise<void> {
  const { world } = trial;
  const holder = await hold(world, 'begin');
  try {
    const deadline = Date.now() + 3000;
    let stuck: Held[] = [];
    while (Date.now() < deadline) {
      stuck = await whoIsHeld(world);
      await world.sleep(100);
    }
    await world.sleep(consumerTimeoutMs + 2 * tickMs);
    const still = new Set((await whoIsHeld(world)).map(({ transaction }) => transaction));
    const zombies = stuck.flatMap(({ transaction }) =>
      transaction !== null && still.has(transaction) ? [transaction] : [],
    );
    zombiesOf(trial).push(...zombies);
    trial.injected += zombies.length;
  } finally {
    await holder.end();
  }
}

async function limit(world: World, timeoutMs: number, intervalMs: number): Promise<void> {
  await world.services.rabbitmq.control(
    'eval',
    `application:set_env(rabbit, consumer_timeout, ${timeoutMs}), application:set_env(rabbit, channel_tick_interval, ${intervalMs}).`,
  );
}
