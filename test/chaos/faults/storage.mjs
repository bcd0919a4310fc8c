import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @type {import('../faults.mjs').Fault} */
export const storageWrites = {
  name: 'storage',
  says: 'storage refuses writes while files are uploaded, then vanishes for a moment while they are read',
  async beforeLaunch({ world }) {
    mkdirSync(world.system.storageFolder, { recursive: true });
    writeFileSync(incoming(world), ''); // a file where a folder should be
  },
  async inject(trial) {
    const { world, uploads } = trial;
    await world.ready();
    uploads.advance(1);
    await world.sleep(2000);
    trial.refusedWrites = uploads.refused;
    rmSync(incoming(world));
    trial.injected += 1;
    for (let at = 0; at < 3; at += 1) {
      await world.sleep(700);
      await vanish(world, 700);
      trial.injected += 1;
    }
  },
  async evidence({ refusedWrites }) {
    return { felt: refusedWrites > 0, text: `${refusedWrites} uploads refused, and sent again` };
  },
};

function incoming(world) {
  return join(world.system.storageFolder, '.incoming');
}

/** Hides the folder, like a disk that is not mounted. */
async function vanish(world, ms) {
  const { storageFolder } = world.system;
  const aside = `${storageFolder}.aside`;
  renameSync(storageFolder, aside);
  writeFileSync(storageFolder, '');
  await world.sleep(ms).finally(() => {
    rmSync(storageFolder);
    if (existsSync(aside)) renameSync(aside, storageFolder);
  });
}
