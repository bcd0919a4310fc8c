import { keyHeader } from '#scripts/lib/system/api-key.mjs';
import { keptPerTrial, type Fault, type Trial } from '../fault.ts';
import { someoneAt } from '../places.ts';
import { ChaosProxy } from '../proxy.ts';
import { halfUpload } from './uploads.ts';

const rounds = 12;
/** A request for a file is shorter; the answer is longer, so that it breaks in its middle. */
const requestBytesMax = 1_500;
const patienceMs = 30_000;

/** The proxies between the gateway and the APIs, and what came of the rounds. */
interface Cut {
  readonly upload: ChaosProxy;
  readonly billing: ChaosProxy;
  brokenUploads: number;
  brokenDownloads: number;
  /** Texts of the downloads that ended well. */
  readonly downloaded: string[];
}

/** The cut of a trial, once its proxies listen. */
const begun = keptPerTrial((): { cut?: Cut } => ({}));

/** Uploads and downloads go through the gateway, and the gateway reaches the APIs through proxies. */
export const gatewayCut: Fault = {
  name: 'gateway-cut',
  says: "the gateway's connections to the APIs cut, and SIGKILL of the gateway, during uploads and downloads",
  async beforeLaunch(trial) {
    const { world } = trial;
    const { system, environment } = world;
    const [upload, billing] = [await ChaosProxy.to(system.uploadApiUrl), await ChaosProxy.to(system.billingApiUrl)];
    environment['UPLOAD_API_URL'] = new URL(upload.url).origin;
    environment['BILLING_API_URL'] = new URL(billing.url).origin;
    world.uploadUrl = system.url;
    world.atEnd(async () => {
      await Promise.all([upload.close(), billing.close()]);
    });
    begun(trial).cut = { upload, billing, brokenUploads: 0, brokenDownloads: 0, downloaded: [] };
  },
  async inject(trial) {
    const { world, uploads, files, chance } = trial;
    const cut = cutOf(trial);
    await world.ready();
    uploads.advance(0);
    await someoneAt(world, patienceMs, async () => uploads.ids[0]);
    for (let at = 0; at < rounds; at += 1) {
      // The first file is sent by now; the others come while the rounds go on.
      uploads.advance(at / rounds);
      const kill = at % 2 === 0;
      if (await breakUpload(trial, files[at % files.length]?.path ?? '', kill)) cut.brokenUploads += 1;
      if (kill) await world.replaced('gateway');
      if (await breakDownload(trial)) cut.brokenDownloads += 1;
      trial.injected += 1;
      await world.sleep(chance.between(20, 200));
    }
  },
  async evidence(trial) {
    const { brokenUploads, brokenDownloads } = cutOf(trial);
    return {
      felt: trial.injected >= rounds && brokenUploads > 0 && brokenDownloads > 0,
      text: `${brokenUploads} uploads and ${brokenDownloads} downloads broken off`,
    };
  },
  /** A download that ended has whole lines, and the last one equals the answer of billing-api itself. */
  async violations(trial) {
    const { system } = trial.world;
    const results = async (server: string): Promise<string> => {
      const url = resultsUrl(trial, server);
      return await (await fetch(url, { headers: keyHeader(url) })).text();
    };
    const [direct, through] = await Promise.all([results(system.billingApiUrl), results(system.url)]);
    const lines = new Set(direct.split('\n'));
    const cut = cutOf(trial).downloaded.filter((text) => text.split('\n').some((line) => !lines.has(line)));
    return [
      ...(direct === through ? [] : ['results.csv differs from that of billing-api']),
      ...(cut.length === 0 ? [] : [`${String(cut.length)} downloads ended well and were cut`]),
    ];
  },
};

/** A body is on its way, and storage has some of it. */
async function breakUpload(trial: Trial, path: string, kill: boolean): Promise<boolean> {
  const { world } = trial;
  const { outgoing, isStored } = await halfUpload(trial, world.system.url, path);
  if (kill) world.kill('gateway', 'SIGKILL');
  else cutOf(trial).upload.reset();
  outgoing.destroy();
  return isStored;
}

async function breakDownload(trial: Trial): Promise<boolean> {
  const { billing, downloaded } = cutOf(trial);
  billing.drop(requestBytesMax);
  const url = resultsUrl(trial, trial.world.system.url);
  try {
    const response = await fetch(url, { headers: keyHeader(url) });
    const text = await response.text();
    if (response.status === 200) downloaded.push(text);
    return response.status >= 500;
  } catch {
    return true;
  } finally {
    billing.pass();
  }
}

/** The results of the first batch. @param server the gateway or billing-api */
function resultsUrl({ uploads }: Trial, server: string): string {
  return `${server}/v1/batches/${uploads.ids[0] ?? ''}/results.csv`;
}

function cutOf(trial: Trial): Cut {
  const { cut } = begun(trial);
  if (cut === undefined) throw new Error('no proxy listens');
  return cut;
}
