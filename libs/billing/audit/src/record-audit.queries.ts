import { sql } from '#database';

export const INSERT_EVENT = sql`
  insert into audit_events
    (organization_id, actor_kind, actor_id, action, target_kind, target_id, request_id, network, outcome, details)
  values (${'organizationId'}, ${'actorKind'}, ${'actorId'}, ${'action'}, ${'targetKind'}, ${'targetId'},
          ${'requestId'}, ${'network'}, ${'outcome'}, ${'details'})`;
