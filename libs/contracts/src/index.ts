export {
  failureClasses,
  failureClassNames,
  isFailureClass,
  type FailureClass,
  type HandledFailureClass,
} from './failure-classes.ts';
export { brokerDefinitions, brokerUsers } from './broker-users.ts';
export {
  checkMessage,
  decodeMessage,
  isMessageName,
  messageNames,
  type ChunkPart,
  type Message,
  type MessageName,
} from './messages.ts';
export { EMAIL_REMOVED, NAME_REMOVED } from './removed-person.ts';
export {
  deadQueue,
  decodeFor,
  isAlone,
  ladderOf,
  lanesOf,
  queueNames,
  retryQueue,
  topology,
  type MessageNameOf,
  type MessageOf,
  type QueueName,
} from './topology.ts';
export { mapStages, queuesOf, stageNames, stageOfMessage, stageOfQueue, stages, type Stage } from './stages.ts';
export {
  BATCH_STATUSES,
  type BatchStatus,
  type BoletoStatus,
  type ExportFormat,
  type ExportStatus,
  type LetterAction,
  type LetterStatus,
  type Mode,
  type NotificationStatus,
  type OrganizationStatus,
} from './statuses.ts';
export { topologyMarkdown } from './topology-markdown.ts';
export { planTopology, type TopologyPlan } from './topology-plan.ts';
