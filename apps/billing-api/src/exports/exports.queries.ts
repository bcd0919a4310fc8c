import { OWN_BATCH, type TenantDb } from '#access';
import type { ExportFormat, ExportStatus } from '#contracts';
import { column, fragment, sql, type RowOf } from '#database';
import type { PageCursor } from '../cursor.ts';

export interface ExportFacts {
  readonly id: string;
  readonly batchId: string;
  /** The name of the uploaded file. */
  readonly fileName: string;
  readonly format: ExportFormat;
  readonly status: ExportStatus;
  readonly partsDone: number;
  readonly partsTotal: number | null;
  readonly filesDone: number;
  readonly filesTotal: number | null;
  readonly bytes: number | null;
  readonly storageKey: string | null;
  readonly failure: { readonly code: string; readonly message: string } | null;
  readonly requestedAt: Date;
  readonly completedAt: Date | null;
  readonly cursor: PageCursor;
}

/** Progress is what is there: the parts that are ready. A completed export may have removed its parts. */
const SELECT_EXPORTS = fragment`
  select e.id,
         e.batch_id,
         b.file_name,
         e.format,
         e.status,
         case when e.status = 'completed' then coalesce(e.parts_total, parts.done) else parts.done end as parts_done,
         e.parts_total,
         case when e.status = 'completed' then coalesce(e.files_total, parts.files)
              else greatest(parts.files, e.files_done) end as files_done,
         e.files_total,
         e.bytes,
         e.storage_key,
         e.failure,
         e.requested_at,
         e.completed_at,
         to_char(e.requested_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as requested_at_text
    from exports e
    join batches b on b.id = e.batch_id
    cross join lateral (
           select count(*) as done, coalesce(sum(p.files), 0) as files
             from export_parts p
            where p.export_id = e.id
         ) parts`;

const EXPORT_COLUMNS = {
  id: 'uuid',
  batch_id: 'uuid',
  file_name: 'text',
  format: column<ExportFacts['format']>('text'),
  status: column<ExportFacts['status']>('text'),
  parts_done: 'int8',
  parts_total: 'int4?',
  files_done: 'int8',
  files_total: 'int8?',
  bytes: 'int8?',
  storage_key: 'text?',
  failure: column<ExportFacts['failure']>('jsonb'),
  requested_at: 'timestamptz',
  completed_at: 'timestamptz?',
  requested_at_text: 'text',
} as const;

const FIND_EXPORT = sql.returning(EXPORT_COLUMNS)`${SELECT_EXPORTS} where e.id = ${'exportId'} and ${OWN_BATCH}`;

/** Undefined if there is no such export of the caller's. */
export async function findExport(db: TenantDb, exportId: string): Promise<ExportFacts | undefined> {
  const rows = await FIND_EXPORT.rows(db, { ...db.scope, exportId });
  return rows.map(factsOf)[0];
}

const LIST_EXPORTS = sql.returning(EXPORT_COLUMNS)`
  ${SELECT_EXPORTS}
   where e.batch_id = ${'batchId'} and ${OWN_BATCH}
     and (${'at'}::timestamptz is null or (e.requested_at, e.id) < (${'at'}::timestamptz, ${'id'}::uuid))
   order by e.requested_at desc, e.id desc
   limit ${'limit'}`;

/** The exports of one batch, newest first: one of each format, and those that failed before it. */
export async function listExports(
  db: TenantDb,
  batchId: string,
  { after, limit }: { readonly after: PageCursor | undefined; readonly limit: number },
): Promise<readonly ExportFacts[]> {
  const rows = await LIST_EXPORTS.rows(db, {
    ...db.scope,
    batchId,
    at: after?.at ?? null,
    id: after?.id ?? null,
    limit,
  });
  return rows.map(factsOf);
}

function factsOf(row: RowOf<typeof FIND_EXPORT>): ExportFacts {
  return {
    id: row.id,
    batchId: row.batch_id,
    fileName: row.file_name,
    format: row.format,
    status: row.status,
    partsDone: Number(row.parts_done),
    partsTotal: row.parts_total,
    filesDone: Number(row.files_done),
    filesTotal: row.files_total === null ? null : Number(row.files_total),
    bytes: row.bytes === null ? null : Number(row.bytes),
    storageKey: row.storage_key,
    failure: row.failure,
    requestedAt: row.requested_at,
    completedAt: row.completed_at,
    cursor: { at: row.requested_at_text, id: row.id },
  };
}
