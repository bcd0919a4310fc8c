import { expect, test } from 'vitest';
import { messageNames } from './messages.ts';
import { mapStages, queuesOf, stageNames, stageOfMessage, stageOfQueue, stages } from './stages.ts';
import { isAlone, queueNames, topology } from './topology.ts';

test.each(stageNames)('the queues of the stage %s take its messages, those tried alone one at a time', (stage) => {
  const { queue, alone, announceAs, retryAs } = stages[stage];
  expect(topology.queues[queue].consumes).toBe(announceAs);
  expect(topology.queues[alone].consumes).toBe(retryAs);
  expect([isAlone(queue), isAlone(alone)]).toEqual([false, true]);
});

test('every queue of messages that are tried alone belongs to a stage', () => {
  const alone = queueNames.filter((queue) => isAlone(queue));
  expect(alone).toEqual(stageNames.map((stage) => stages[stage].alone));
});

test('a queue and a message lead to their stage, and others to none', () => {
  for (const stage of stageNames) {
    expect(queuesOf(stage).map(stageOfQueue)).toEqual([stage, stage]);
    const { announceAs, retryAs } = stages[stage];
    expect([announceAs, retryAs].map(stageOfMessage)).toEqual([stage, stage]);
  }
  expect(stageOfQueue('notifier.chunks')).toBeUndefined();
  expect(stageOfMessage('chunk.issued.v1')).toBeUndefined();
  expect(messageNames.filter((name) => stageOfMessage(name) !== undefined)).toHaveLength(2 * stageNames.length);
});

test('a table of stages has an entry for each, in their order', () => {
  expect(Object.entries(mapStages((stage) => stages[stage].queue))).toEqual(
    stageNames.map((stage) => [stage, stages[stage].queue]),
  );
});
