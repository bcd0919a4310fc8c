import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Each table with rows of one organization asks who reads it. The policy made here lets every role pass. The roles of
 * the HTTP apps are known to apps/migrate alone, which gives each a restrictive policy of its own. Workers act for all
 * organizations, and a policy that is always true costs them nothing.
 */
const TABLES = [
  'api_keys',
  'batches',
  'boletos',
  'chunk_results',
  'chunks',
  'dead_letter_actions',
  'dead_letter_histories',
  'dead_letters',
  'debt_id_repairs',
  'debtors',
  'debts',
  'dry_run_debts',
  'export_parts',
  'exports',
  'issuer_terms',
  'issuers',
  'missing_messages',
  'nosso_numero_blocks',
  'notification_results',
  'notifications',
  'rejections',
];
const VIEWS = ['part_accounts', 'chunk_accounts', 'batch_accounts'];

const up = `
alter table dead_letter_actions
  add column organization_id uuid not null default '00000000-0000-4000-8000-000000000001';
alter table dead_letter_actions add constraint dead_letter_actions_organization_exists
  foreign key (organization_id) references organizations (id);
create index dead_letter_actions_of_organization on dead_letter_actions (organization_id, id);
create trigger dead_letter_actions_keep_their_organization before update of organization_id on dead_letter_actions
  for each row when (old.organization_id is distinct from new.organization_id)
  execute function refuse_change_of_organization();
comment on column dead_letter_actions.organization_id is
  'That of the operator. An operator of the platform acts on the letters of all.';
${TABLES.map(
  (table) => `
alter table ${table} enable row level security;
create policy every_role on ${table} using (true) with check (true);`,
).join('')}
${VIEWS.map((view) => `alter view ${view} set (security_invoker = true);`).join('\n')}
`;

const down = `
${VIEWS.map((view) => `alter view ${view} reset (security_invoker);`).join('\n')}
${TABLES.map(
  (table) => `
drop policy every_role on ${table};
alter table ${table} disable row level security;`,
).join('')}
drop trigger dead_letter_actions_keep_their_organization on dead_letter_actions;
alter table dead_letter_actions drop column organization_id;
`;

export class RowPolicies implements MigrationInterface {
  readonly name = 'row-policies-0000000000024';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
