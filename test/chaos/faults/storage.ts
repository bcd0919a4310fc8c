import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keptPerTrial, type Fault } from '../fault.ts';
import type { World } from '../world.ts';

const refusedWrites = keptPerTrial(() => ({ count: 0 }));

export const storageWrites: Fault = {
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
    refusedWrites(trial).count = uploads.refused;
    rmSync(incoming(world));
    trial.injected += 1;
    for (let at = 0; at < 3; at += 1) {
      await world.sleep(700);
      await vanish(world, 700);
      trial.injected += 1;
    }
  },
  async evidence(trial) {
    const { count } = refusedWrites(trial);
    return { felt: count > 0, text: `${String(count)} uploads refused, and sent again` };
  },
};

function incoming(world: World): string {
  return join(world.system.storageFolder, '.incoming');
}

/** Hides the folder, like a disk that is not mounted. */
async function vanish(world: World, ms: number): Promise<void> {
  const { storageFolder } = world.system;
  const aside = `${storageFolder}.aside`;
  renameSync(storageFolder, aside);
  writeFileSync(storageFolder, '');
  await world.sleep(ms).finally(() => {
    rmSync(storageFolder);
    if (existsSync(aside)) renameSync(aside, storageFolder);
  });
}
