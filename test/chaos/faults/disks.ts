import { serviceUser } from '#scripts/lib/services/service-user.mjs';
import { keptPerTrial, type Fault, type Trial } from '../fault.ts';
import { someoneAt } from '../places.ts';
import { canMount, SmallDisk } from '../small-disk.ts';
import { raiseAlarms } from './alarms.ts';

const rounds = 20;
/** Rounds after which a disk that no work has found full counts as not felt. */
const roundsMax = 60;
const databaseFull = /No space left on device|could not extend file/;
/** The disk of a trial, once it is mounted. */
const mounted = keptPerTrial((): { disk?: SmallDisk } => ({}));
const needsMount = (): string | undefined =>
  canMount() ? undefined : 'a file system of its own can be mounted only by root, on Linux';

export const postgresDisk: Fault = {
  name: 'postgres-disk',
  says: "the file system of PostgreSQL's tables full, again and again",
  touches: ['postgres'],
  cannot: needsMount,
  async beforeLaunch(trial) {
    const { world } = trial;
    const user = serviceUser('postgres');
    const disk = await SmallDisk.mount({ sizeMib: 128, user });
    mounted(trial).disk = disk;
    await world.database.moveTo(await disk.subfolder(user));
    disk.unmountAfter(world.parent);
    world.atEnd(async () => {
      disk.free();
      await world.database.forgetFolder();
      await disk.unmount();
    });
  },
  async inject(trial) {
    const { world, chance, uploads } = trial;
    const disk = diskOf(trial);
    await world.ready();
    try {
      // Another fault may keep all work from the database for a while.
      for (let at = 0; at < rounds || (at < roundsMax && world.countLogs(databaseFull) === 0); at += 1) {
        uploads.advance(Math.min(1, (at + 1) / rounds));
        await world.sleep(chance.between(50, 250));
        disk.fill();
        trial.injected += 1;
        await world.sleep(chance.between(300, 900));
        disk.free();
      }
    } finally {
      disk.free();
    }
  },
  async evidence({ world, injected }) {
    const count = world.countLogs(databaseFull);
    return { felt: injected >= rounds && count > 0, text: `${count} pieces of work found the disk full` };
  },
};

export const brokerDisk: Fault = {
  name: 'broker-disk',
  says: "the broker's disk alarm on and off: it reads nothing from those who publish",
  touches: ['broker'],
  async inject(trial) {
    await raiseAlarms(trial, {
      raise: 'rabbit_disk_monitor:set_disk_free_limit(9000000000000000)',
      clear: 'rabbit_disk_monitor:set_disk_free_limit(50000000)',
      rounds,
    });
  },
  async evidence({ world }) {
    const count = world.countLogs(/"event\.action":"broker\.blocked"/);
    return { felt: count > 0, text: `connections blocked ${count} times` };
  },
};

const refusalPatienceMs = 60_000;

export const storageDisk: Fault = {
  name: 'storage-disk',
  says: 'the file system of the storage full while files are uploaded',
  touches: ['storage'],
  cannot: needsMount,
  async beforeLaunch(trial) {
    const { world } = trial;
    // Uploads are otherwise refused before the disk is full, and on a disk of this size for ever.
    world.environment['STORAGE_FREE_BYTES_MIN'] = '0';
    const disk = await SmallDisk.mount({ folder: world.system.storageFolder, sizeMib: 64 });
    mounted(trial).disk = disk;
    disk.unmountAfter(world.parent);
    world.run.addCleanup(() => disk.unmount());
    disk.fill();
  },
  async inject(trial) {
    const { world, uploads } = trial;
    const disk = diskOf(trial);
    await world.ready();
    uploads.advance(1);
    await someoneAt(world, refusalPatienceMs, async () => (uploads.refused >= rounds ? true : undefined));
    trial.injected += uploads.refused;
    disk.free();
  },
  async evidence({ world, injected }) {
    const count = world.countLogs(/ENOSPC/);
    return { felt: injected >= rounds && count > 0, text: `${injected} uploads refused, and sent again` };
  },
};

function diskOf(trial: Trial): SmallDisk {
  const { disk } = mounted(trial);
  if (disk === undefined) throw new Error('no disk is mounted');
  return disk;
}
