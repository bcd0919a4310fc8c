export {
  databaseEnvironment,
  edgeEnvironment,
  httpEnvironment,
  identityEnvironment,
  logEnvironment,
  mailEnvironment,
  managementEnvironment,
  shutdownEnvironment,
  storageEnvironment,
  timeZoneEnvironment,
  workerEnvironment,
} from './environment.ts';
export { baseUrl, flag, intBetween, line, onOrOff, port, urlOf, uuid } from './fields.ts';
export { readConfig, type Environment } from './read-config.ts';
