import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A new issuer, and a change of who is paid by its boletos, waits for a second person. The constraint refuses a
 * decision of the person that proposed.
 */
const up = `
create table issuer_proposals (
  id uuid not null,
  organization_id uuid not null,
  issuer_id uuid,
  issuer_version integer,
  request jsonb not null,
  proposed_by uuid not null,
  proposer text not null,
  proposed_at timestamptz not null default now(),
  decision text,
  decided_by uuid,
  decider text,
  decided_at timestamptz,
  reason text,
  constraint issuer_proposals_pk primary key (id),
  constraint issuer_proposals_organization_exists foreign key (organization_id) references organizations (id),
  constraint issuer_proposals_issuer_exists foreign key (issuer_id) references issuers (id),
  constraint issuer_proposals_request_is_an_object check (jsonb_typeof(request) = 'object'),
  constraint issuer_proposals_decision_known check (decision in ('approved', 'refused')),
  constraint issuer_proposals_decided_whole check (
    num_nonnulls(decision, decided_by, decider, decided_at) in (0, 4)),
  constraint issuer_proposals_approved_by_another check (decision <> 'approved' or decided_by <> proposed_by),
  constraint issuer_proposals_reason_is_short check (length(reason) between 1 and 200)
);
comment on table issuer_proposals is 'New issuers, and changes of who is paid, that wait for a second person or waited.';
comment on column issuer_proposals.issuer_id is 'The issuer to be changed; for a new one, the issuer once it is approved.';
comment on column issuer_proposals.issuer_version is
  'The version that the proposal changes; null for a new issuer. Of another version the proposal is outdated.';
comment on column issuer_proposals.request is 'The body of the request, as POST or PATCH took it.';
comment on column issuer_proposals.proposed_by is
  'The person; of a key, the person that made it, otherwise the key itself.';
create index issuer_proposals_of_organization on issuer_proposals (organization_id, proposed_at desc, id);
create trigger issuer_proposals_are_kept before delete or truncate on issuer_proposals
  for each statement execute function refuse_removal();
create trigger issuer_proposals_keep_their_organization before update of organization_id on issuer_proposals
  for each row when (old.organization_id is distinct from new.organization_id)
  execute function refuse_change_of_organization();
`;

const down = 'drop table issuer_proposals;';

export class IssuerProposals implements MigrationInterface {
  readonly name = 'issuer-proposals-0000000000027';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
