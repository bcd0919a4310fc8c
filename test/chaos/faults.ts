import type { Family, Fault } from './fault.ts';
import { crashPoints } from './faults/crash-points.ts';
import { brokerDisk, postgresDisk, storageDisk } from './faults/disks.ts';
import { gatewayCut } from './faults/gateway.ts';
import { smtp, smtpTimeout } from './faults/mail.ts';
import { duplicates, queueDelete } from './faults/messages.ts';
import { clockBack, dns } from './faults/outside.ts';
import { pairsOf } from './faults/pairs.ts';
import { kill, relays, sigterm, stopCont } from './faults/processes.ts';
import { bindingRemove, exchangeDelete, queueAway, queueLost, queueRemake } from './faults/queues.ts';
import { connectionLimit, permissions, postgresUpgrade } from './faults/refusals.ts';
import { killerRow, oneRowIn100k, poison } from './faults/rows.ts';
import {
  brokerRestart,
  coldStart,
  connections,
  halfOpen,
  memoryAlarm,
  network,
  postgresRestart,
} from './faults/services.ts';
import { storageWrites } from './faults/storage.ts';
import { consumerTimeout } from './faults/stuck.ts';
import { midUpload } from './faults/uploads.ts';

export const noFault: Fault = {
  name: 'none',
  says: 'nothing',
  inject: async () => undefined,
  evidence: async () => ({ felt: true, text: 'the reference' }),
};

/** In the order in which they run. */
export const faults: readonly (Fault | Family)[] = [
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

/** With files of their own, and only when they are asked for. */
export const faultsOnRequest: readonly Fault[] = oneRowIn100k;
