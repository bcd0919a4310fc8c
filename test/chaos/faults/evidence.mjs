/** The broker counts a redelivery with a delay of up to five seconds. */
const statisticsDelayMs = 8000;

/** @param {import('../faults.mjs').Trial} trial */
export async function redelivery({ world }) {
  const deadline = Date.now() + statisticsDelayMs;
  let count = 0;
  for (;;) {
    count = await world.broker.redelivered();
    if (count > 0 || Date.now() > deadline) break;
    await world.sleep(500);
  }
  return { felt: count > 0, text: `${count} redeliveries` };
}

/** @param {import('../faults.mjs').Trial} trial */
export async function reconnection({ world }) {
  const count = world.countLogs(/"event\.action":"broker\.lost"/);
  return { felt: count > 0, text: `${count} connections to the broker lost and made again` };
}

/** @param {import('../faults.mjs').Trial} trial */
export async function databaseFailures({ world }) {
  const count = world.countLogs(/"event\.action":"(relay\.failed|task\.failed)"|"outcome":"retry"/);
  return { felt: count > 0, text: `${count} pieces of work failed for want of the database and were done again` };
}
