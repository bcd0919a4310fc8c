import { ChaosProxy } from '../proxy.mjs';
import { someoneAt } from '../places.mjs';
import { halfUpload } from './uploads.mjs';

const rounds = 12;
/** A request for a file is shorter; the answer is longer, so that it breaks in its middle. */
const requestBytesMax = 1_500;
const patienceMs = 30_000;

/**
 * Uploads and downloads go through the gateway, and the gateway reaches the APIs through proxies.
 * @type {import('../faults.mjs').Fault}
 */
export const gatewayCut = {
  name: 'gateway-cut',
  says: "the gateway's connections to the APIs cut, and SIGKILL of the gateway, during uploads and downloads",
  async beforeLaunch(trial) {
    const { world } = trial;
    const { system, environment } = world;
    const [upload, billing] = [await ChaosProxy.to(system.uploadApiUrl), await ChaosProxy.to(system.billingApiUrl)];
    environment.UPLOAD_API_URL = new URL(upload.url).origin;
    environment.BILLING_API_URL = new URL(billing.url).origin;
    world.uploadUrl = system.url;
    world.atEnd(async () => {
      await Promise.all([upload.close(), billing.close()]);
    });
    Object.assign(trial, { upload, billing, brokenUploads: 0, brokenDownloads: 0, downloaded: [] });
  },
  async inject(trial) {
    const { world, uploads, files, chance } = trial;
    await world.ready();
    uploads.advance(0);
    await someoneAt(world, patienceMs, async () => uploads.ids[0]);
    for (let at = 0; at < rounds; at += 1) {
      // The first file is sent by now; the others come while the rounds go on.
      uploads.advance(at / rounds);
      const kill = at % 2 === 0;
      if (await breakUpload(trial, files[at % files.length].path, kill)) trial.brokenUploads += 1;
      if (kill) await world.replaced('gateway');
      if (await breakDownload(trial)) trial.brokenDownloads += 1;
      trial.injected += 1;
      await world.sleep(chance.between(20, 200));
    }
  },
  async evidence({ injected, brokenUploads, brokenDownloads }) {
    return {
      felt: injected >= rounds && brokenUploads > 0 && brokenDownloads > 0,
      text: `${brokenUploads} uploads and ${brokenDownloads} downloads broken off`,
    };
  },
  /** A download that ended has whole lines, and the last one equals the answer of billing-api itself. */
  async violations({ world, uploads, downloaded }) {
    const path = `/v1/batches/${uploads.ids[0]}/results.csv`;
    const [direct, through] = await Promise.all(
      [world.system.billingApiUrl, world.system.url].map(async (url) => await (await fetch(url + path)).text()),
    );
    const lines = new Set(direct.split('\n'));
    const cut = downloaded.filter((text) => text.split('\n').some((line) => !lines.has(line)));
    return [
      ...(direct === through ? [] : ['results.csv differs from that of billing-api']),
      ...(cut.length === 0 ? [] : [`${String(cut.length)} downloads ended well and were cut`]),
    ];
  },
};

/** A body is on its way, and storage has some of it. */
async function breakUpload({ world, upload, chance }, path, kill) {
  const { outgoing, isStored } = await halfUpload(world, world.system.url, path, chance);
  if (kill) world.kill('gateway', 'SIGKILL');
  else upload.reset();
  outgoing.destroy();
  return isStored;
}

async function breakDownload({ world, billing, uploads, downloaded }) {
  billing.drop(requestBytesMax);
  try {
    const response = await fetch(`${world.system.url}/v1/batches/${uploads.ids[0]}/results.csv`);
    const text = await response.text();
    if (response.status === 200) downloaded.push(text);
    return response.status >= 500;
  } catch {
    return true;
  } finally {
    billing.pass();
  }
}
