export {
  brokerEnvironment,
  commonEnvironment,
  databaseEnvironment,
  edgeEnvironment,
  httpEnvironment,
  logEnvironment,
  mailEnvironment,
  managementEnvironment,
  shutdownEnvironment,
  storageEnvironment,
  timeZoneEnvironment,
  workerEnvironment,
} from './environment.ts';
export {
  baseUrl,
  flag,
  hostName,
  intBetween,
  line,
  mailbox,
  oneOf,
  port,
  storageUrl,
  timeZone,
  urlOf,
  uuid,
} from './fields.ts';
export { readConfig, type Environment } from './read-config.ts';
