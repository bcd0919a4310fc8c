export { type Answer, answerOf, postJson } from './answers.ts';
export { silentLogger, testBroker, type TestBroker } from './broker.ts';
export {
  DEFAULT_ORGANIZATION_ID,
  insertBatch,
  insertBoleto,
  insertChunk,
  insertChunkResult,
  insertDebt,
  insertDebtor,
  insertIssuer,
  insertNotification,
  insertOrganization,
  insertRejection,
  type Writer,
} from './builders.ts';
export { caseFile } from './case-file.ts';
export { contentOf } from './database-content.ts';
export { createTestDatabase, testDatabase, testEmptyDatabase, type TestDatabase } from './database.ts';
export { attack, documentedOperations, type Operation, undocumentedRefusals } from './hostile-operations.ts';
export { carryKey, keyHeader } from './keyring.ts';
export { dumpSchema } from './schema-dump.ts';
export { alphanumericCnpjFrom, cnpjFrom, cpfFrom } from './documents.ts';
export { createTestVhost, testVhost, type TestVhost } from './vhost.ts';
export { waitFor } from './wait-for.ts';
