import { browserProbes } from './browser.mjs';
import { inputProbes } from './inputs.mjs';
import { machineProbes } from './machine.mjs';
import { mailProbes } from './mail.mjs';
import { roleProbes } from './roles.mjs';
import { tenantProbes } from './tenants.mjs';
import { openUploadProbes, uploadProbes } from './uploads.mjs';

const probeMsMax = 150_000;

/**
 * @typedef {object} Probe
 * @property {string} id of the fault
 * @property {string} what
 * @property {(context: import('./client.mjs').Context) => Promise<string | undefined> | string | undefined} run why it
 *   is open
 */

/**
 * Run in this order: the last probes leave a stack that answers no request for a moment.
 * @type {readonly Probe[]}
 */
export const probes = [
  ...roleProbes,
  ...tenantProbes,
  ...mailProbes,
  ...inputProbes,
  ...browserProbes,
  ...machineProbes,
  ...uploadProbes,
  ...openUploadProbes,
];

/**
 * Runs one probe. One that fails, or that has no answer in time, has not shown that its fault is closed.
 * @param {Probe} probe @param {import('./client.mjs').Context} context
 * @returns {Promise<{ id: string, what: string, why: string | undefined }>}
 */
export async function runProbe({ id, what, run }, context) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve(`no answer after ${String(probeMsMax / 1000)} s`), probeMsMax);
  });
  const why = await Promise.race([Promise.resolve().then(() => run(context)), late]).catch(
    (error) => `the probe failed: ${error.message}`,
  );
  clearTimeout(timer);
  return { id, what, why };
}
