export { checkMessage, decodeMessage, isMessageName, type Message, type MessageName } from './messages.ts';
export {
  deadQueue,
  decodeFor,
  isAlone,
  ladderOf,
  queueNames,
  retryQueue,
  returnKey,
  topology,
  type MessageNameOf,
  type MessageOf,
  type QueueName,
} from './topology.ts';
export { topologyMarkdown } from './topology-markdown.ts';
export { planTopology, type TopologyPlan } from './topology-plan.ts';
