import { crashPoints } from './faults/crash-points.mjs';
import { brokerDisk, postgresDisk, storageDisk } from './faults/disks.mjs';
import { gatewayCut } from './faults/gateway.mjs';
import { smtp, smtpTimeout } from './faults/mail.mjs';
import { duplicates, queueDelete } from './faults/messages.mjs';
import { clockBack, dns } from './faults/outside.mjs';
import { pairsOf } from './faults/pairs.mjs';
import { kill, relays, sigterm, stopCont } from './faults/processes.mjs';
import { bindingRemove, exchangeDelete, queueAway, queueLost, queueRemake } from './faults/queues.mjs';
import { connectionLimit, permissions, postgresUpgrade } from './faults/refusals.mjs';
import { killerRow, oneRowIn100k, poison } from './faults/rows.mjs';
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
import { consumerTimeout } from './faults/stuck.mjs';
import { midUpload } from './faults/uploads.mjs';

/**
 * @typedef {object} Trial One run, as a fault sees it.
 * @property {import('./world.mjs').World} world
 * @property {import('./random.mjs').Chance} chance
 * @property {import('./workload.mjs').Uploads} uploads
 * @property {import('./workload.mjs').WorkFile[]} files
 * @property {number} injected counted by the fault
 * @property {{ debtId: string, stage: 'validate' | 'issue' }[]} poison rows that are to die
 * @property {number} crashes wanted at each named point
 */

/**
 * @typedef {object} Fault
 * @property {string} name
 * @property {string} says
 * @property {true} [spendsAttempts] messages may climb the ladder: the fault is about them
 * @property {readonly string[]} [touches] what it breaks, or needs to be whole: in a pair no other may touch it
 * @property {true} [losesMessages] what the broker had is gone with its queue: their work is announced again, in other
 *   messages
 * @property {(services: import('./services.mjs').Services) => string | undefined} [cannot] why it cannot be done on
 *   this machine
 * @property {false} [mails] the notifier is left out
 * @property {(folder: string) => Promise<import('./workload.mjs').WorkFile[]>} [files] its own, not those of the seed
 * @property {(trial: Trial) => Promise<void>} [beforeLaunch] then the apps are not waited for before `inject`
 * @property {(trial: Trial) => Promise<void>} inject when it resolves, nothing is wrong any more
 * @property {(trial: Trial) => Promise<{ felt: boolean, text: string }>} evidence that the system felt it
 * @property {(trial: Trial) => Promise<string[]>} [violations] of what only this fault can break
 */

/**
 * @typedef {object} Family
 * @property {string} name
 * @property {string} says
 * @property {(chance: import('./random.mjs').Chance) => Fault[]} drawn by the seed
 */

/** @type {Fault} */
export const noFault = {
  name: 'none',
  says: 'nothing',
  inject: async () => undefined,
  evidence: async () => ({ felt: true, text: 'the reference' }),
};

/** In the order in which they run. @type {readonly (Fault | Family)[]} */
export const faults = [
  kill,
  ...crashPoints,
  midUpload,
  gatewayCut,
  brokerRestart,
  postgresRestart,
  connections,
  halfOpen,
  network,
  stopCont,
  memoryAlarm,
  consumerTimeout,
  duplicates,
  queueDelete,
  poison,
  killerRow,
  smtp,
  smtpTimeout,
  relays,
  storageWrites,
  coldStart,
  sigterm,
  queueAway,
  queueLost,
  queueRemake,
  exchangeDelete,
  bindingRemove,
  permissions,
  postgresUpgrade,
  connectionLimit,
  postgresDisk,
  brokerDisk,
  storageDisk,
  clockBack,
  dns,
  pairsOf([
    kill,
    connections,
    network,
    postgresRestart,
    memoryAlarm,
    permissions,
    postgresUpgrade,
    connectionLimit,
    postgresDisk,
    brokerDisk,
    clockBack,
    dns,
  ]),
];

/** With files of their own, and only when they are asked for. @type {readonly Fault[]} */
export const faultsOnRequest = oneRowIn100k;
