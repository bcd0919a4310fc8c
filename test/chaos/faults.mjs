import { crashPoints, killerRow } from './faults/crash-points.mjs';
import { duplicates, poison, queueDelete, smtp } from './faults/messages.mjs';
import { kill, relays, sigterm, stopCont } from './faults/processes.mjs';
import {
  brokerRestart,
  coldStart,
  connections,
  halfOpen,
  memoryAlarm,
  network,
  postgresRestart,
} from './faults/services.mjs';
import { storageWrites } from './faults/storage.mjs';

/**
 * @typedef {object} Trial One run, as a fault sees it.
 * @property {import('./world.mjs').World} world
 * @property {import('./random.mjs').Chance} chance
 * @property {import('./workload.mjs').Uploads} uploads
 * @property {import('./workload.mjs').WorkFile[]} files
 * @property {number} injected counted by the fault
 * @property {{ debtId: string, stage: 'validate' | 'issue' }[]} poison rows that are to die
 */

/**
 * @typedef {object} Fault
 * @property {string} name
 * @property {string} says
 * @property {true} [spendsAttempts] messages may climb the ladder: the fault is about them
 * @property {(trial: Trial) => Promise<void>} [beforeLaunch] then the apps are not waited for before `inject`
 * @property {(trial: Trial) => Promise<void>} inject when it resolves, nothing is wrong any more
 * @property {(trial: Trial) => Promise<{ felt: boolean, text: string }>} evidence that the system felt it
 */

/** @type {Fault} */
export const noFault = {
  name: 'none',
  says: 'nothing',
  inject: async () => undefined,
  evidence: async () => ({ felt: true, text: 'the reference' }),
};

/** In the order in which they run. @type {readonly Fault[]} */
export const faults = [
  kill,
  brokerRestart,
  postgresRestart,
  connections,
  sigterm,
  coldStart,
  duplicates,
  halfOpen,
  network,
  smtp,
  stopCont,
  memoryAlarm,
  queueDelete,
  poison,
  relays,
  storageWrites,
  ...crashPoints,
  killerRow,
];
