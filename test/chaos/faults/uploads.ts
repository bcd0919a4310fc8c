import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { request, type ClientRequest } from 'node:http';
import { join } from 'node:path';
import { uploadFile } from '#scripts/lib/system/api-client.mjs';
import { keyHeader } from '#scripts/lib/system/api-key.mjs';
import { keptPerTrial, type Fault, type Trial } from '../fault.ts';
import { hold, killWhoIsHeld, someoneAt, whoIsHeld, type Ending } from '../places.ts';
import type { World } from '../world.ts';

const patienceMs = 15_000;
/**
 * An upload breaks while it is read, before it is recorded, or before its answer. Each file of a run goes through all
 * three.
 */
const waysToBreak = 3;
const triesMax = 4;
/** Storage writes half a mebibyte at once: a fifth of this is more. */
const bodyBytesMin = 4 * 1024 * 1024;
const halfStored = keptPerTrial(() => ({ count: 0 }));

export const midUpload: Fault = {
  name: 'mid-upload',
  says: 'SIGKILL of upload-api while it reads a body, and while it records the file that it stored; the client sends again',
  async inject(trial) {
    const { uploads, files, crashes } = trial;
    // While one file is worked on, the uploads of the next are broken off; then it is sent again.
    const nexts = Math.min(files.length - 1, Math.floor(crashes / waysToBreak));
    for (let at = 1; at <= nexts; at += 1) {
      const tries = Math.floor((crashes * at) / nexts) - Math.floor((crashes * (at - 1)) / nexts);
      for (let left = tries; left > 0; left -= 1) {
        if (await brokenOff(trial, files[at]?.path ?? '', left)) trial.injected += 1;
      }
      uploads.advance(at / files.length);
    }
  },
  async evidence(trial) {
    const { injected, uploads, crashes } = trial;
    const { count } = halfStored(trial);
    return {
      felt: injected >= crashes && count > 0,
      text: `${injected} of ${crashes} uploads broken off, ${String(count)} of them half stored; ${uploads.refused} others sent again`,
    };
  },
};

/** An upload that came before upload-api listened again was refused, not broken off: it is tried again. */
async function brokenOff(trial: Trial, path: string, left: number): Promise<boolean> {
  for (let tries = 0; tries < triesMax; tries += 1) {
    await trial.world.replaced('upload-api');
    if (await breakOff(trial, path, left)) return true;
  }
  return false;
}

/**
 * Breaks an upload off. The last time, the batch exists although the client got no answer.
 * @param left how many times, this one included
 */
async function breakOff(trial: Trial, path: string, left: number): Promise<boolean> {
  if (left === 1) return await beforeItRecords(trial, path, 'commits');
  return left % 2 === 0 ? await whileItReads(trial, path) : await beforeItRecords(trial, path, 'rolls back');
}

/** The client has sent a part of the file, and storage has some of it. */
async function whileItReads(trial: Trial, path: string): Promise<boolean> {
  const { world } = trial;
  const { outgoing, isStored } = await halfUpload(trial, world.system.uploadApiUrl, path);
  world.kill('upload-api', 'SIGKILL');
  outgoing.destroy();
  if (isStored) halfStored(trial).count += 1;
  return isStored;
}

/**
 * Sends a part of the file and waits until storage has some of it.
 * @param url of the gateway or of upload-api
 * @param path of the file
 */
export async function halfUpload(
  { world, chance }: Trial,
  url: string,
  path: string,
): Promise<{ readonly outgoing: ClientRequest; readonly isStored: boolean }> {
  const before = new Set(drafts(world));
  const outgoing = beginUpload(`${url}/v1/batches`, path, chance.between(0.2, 0.9));
  const isStored = await someoneAt(world, patienceMs, async () => {
    const draft = drafts(world).find((name) => !before.has(name));
    return draft !== undefined && bytesOf(world, draft) > 0 ? true : undefined;
  });
  return { outgoing, isStored: isStored === true };
}

/** The file is stored, whole; its batch and its message are about to be committed. */
async function beforeItRecords({ world }: Trial, path: string, transaction: Ending): Promise<boolean> {
  const holder = await hold(world, 'upload');
  try {
    const url = `${world.system.uploadApiUrl}/v1/batches`;
    const answer = uploadFile(url, path, {}, world.signal).catch(() => undefined);
    const victim = await someoneAt(world, patienceMs, () => killWhoIsHeld(world, transaction));
    if (transaction === 'rolls back') await rollBackAll(world);
    await holder.end();
    await answer;
    return victim !== undefined;
  } finally {
    await holder.end();
  }
}

/**
 * Other uploads may have come to the same place, and the first of them is not always ours. What they have in hand would
 * be committed, and our file would be known the next time that its upload is to be broken off.
 */
async function rollBackAll(world: World): Promise<void> {
  const held = await whoIsHeld(world);
  for (const { app, pid } of held) {
    if (app === 'upload-api') await world.database.query('select pg_terminate_backend($1)', [pid]);
  }
}

/**
 * Sends so much of the file and no more, on a connection that stays open; of a small file, as many times over as it
 * takes until storage writes some of it.
 * @param share from 0 to 1
 */
function beginUpload(url: string, path: string, share: number): ClientRequest {
  const boundary = `chaos-${randomUUID()}`;
  const file = readFileSync(path);
  const content = Buffer.concat(Array<Buffer>(Math.ceil(bodyBytesMin / file.length)).fill(file));
  const head = Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="half.csv"\r\nContent-Type: text/csv\r\n\r\n`,
  );
  const tail = `\r\n--${boundary}--\r\n`;
  const headers = {
    ...keyHeader(url),
    'content-type': `multipart/form-data; boundary=${boundary}`,
    'content-length': head.length + content.length + tail.length,
  };
  const outgoing = request(url, { method: 'POST', headers });
  outgoing.on('error', () => undefined); // it is meant to break
  outgoing.write(head);
  outgoing.write(content.subarray(0, Math.floor(content.length * share)));
  return outgoing;
}

/** Files that storage has not got whole. */
function drafts(world: World): string[] {
  try {
    return readdirSync(incoming(world));
  } catch {
    return []; // nothing was uploaded yet
  }
}

function bytesOf(world: World, draft: string): number {
  return statSync(join(incoming(world), draft), { throwIfNoEntry: false })?.size ?? 0;
}

function incoming(world: World): string {
  return join(world.system.storageFolder, '.incoming');
}
