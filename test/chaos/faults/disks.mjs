import { serviceUser } from '../../../scripts/lib/services/service-user.mjs';
import { someoneAt } from '../places.mjs';
import { SmallDisk, canMount } from '../small-disk.mjs';
import { raiseAlarms } from './alarms.mjs';

const rounds = 20;
/** Rounds after which a disk that no work has found full counts as not felt. */
const roundsMax = 60;
const databaseFull = /No space left on device|could not extend file/;
const needsMount = () => (canMount() ? undefined : 'a file system of its own can be mounted only by root, on Linux');

/** @type {import('../faults.mjs').Fault} */
export const postgresDisk = {
  name: 'postgres-disk',
  says: "the file system of PostgreSQL's tables full, again and again",
  touches: ['postgres'],
  cannot: needsMount,
  async beforeLaunch(trial) {
    const { world } = trial;
    const user = serviceUser('postgres');
    const disk = await SmallDisk.mount({ sizeMib: 128, user });
    trial.disk = disk;
    await world.database.moveTo(await disk.subfolder(user));
    disk.unmountAfter(world.parent);
    world.atEnd(async () => {
      disk.free();
      await world.database.forgetFolder();
      await disk.unmount();
    });
  },
  async inject(trial) {
    const { world, chance, uploads, disk } = trial;
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

/** @type {import('../faults.mjs').Fault} */
export const brokerDisk = {
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

/** @type {import('../faults.mjs').Fault} */
export const storageDisk = {
  name: 'storage-disk',
  says: 'the file system of the storage full while files are uploaded',
  touches: ['storage'],
  cannot: needsMount,
  async beforeLaunch(trial) {
    const { world } = trial;
    // Uploads are otherwise refused before the disk is full, and on a disk of this size for ever.
    world.environment.STORAGE_FREE_BYTES_MIN = '0';
    const disk = await SmallDisk.mount({ folder: world.system.storageFolder, sizeMib: 64 });
    trial.disk = disk;
    disk.unmountAfter(world.parent);
    world.run.addCleanup(() => disk.unmount());
    disk.fill();
  },
  async inject(trial) {
    const { world, uploads, disk } = trial;
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
