import type { Evidence, Trial } from '../fault.ts';

/** The broker counts a redelivery with a delay of up to five seconds. */
const statisticsDelayMs = 8000;

export async function redelivery({ world }: Trial): Promise<Evidence> {
  const deadline = Date.now() + statisticsDelayMs;
  let count = 0;
  for (;;) {
    count = await world.broker.redelivered();
    if (count > 0 || Date.now() > deadline) break;
    await world.sleep(500);
  }
  return { felt: count > 0, text: `${count} redeliveries` };
}

export async function reconnection({ world }: Trial): Promise<Evidence> {
  const count = world.countLogs(/"event\.action":"broker\.lost"/);
  return { felt: count > 0, text: `${count} connections to the broker lost and made again` };
}

export async function databaseFailures({ world }: Trial): Promise<Evidence> {
  const count = world.countLogs(/"event\.action":"(relay\.failed|task\.failed)"|"outcome":"retry"/);
  return { felt: count > 0, text: `${count} pieces of work failed for want of the database and were done again` };
}
