// A batch as a run leaves it, written by SQL: the bench is of reading.

import type { Client } from 'pg';

export const BATCH_ID = '00000000-0000-7000-8000-00000000000a';
const CHUNK_ROWS = 1_000;
/** E-mails that one statement of the notifier settles. */
const GROUP = 20;

/**
 * `rows` debts with their boletos, of which `notified` are mailed; one row in two of another `rows` is rejected, with
 * two problems. Foreign keys are not looked up, because this code makes the keys itself.
 * @param client a superuser's
 */
export async function insertRun(client: Client, { rows, notified }: { rows: number; notified: number }): Promise<void> {
  const issuers = await client.query<{ id: string }>('select id from issuers limit 1');
  const values = [BATCH_ID, issuers.rows[0]?.id];
  await client.query('begin');
  await client.query('set local session_replication_role = replica');
  for (const statement of statements(rows, notified)) {
    await client.query(statement, values.slice(0, statement.includes('$2') ? 2 : 1));
  }
  await client.query('commit');
  await client.query('vacuum analyze');
}

function statements(rows: number, notified: number): string[] {
  const chunks = Math.ceil(rows / CHUNK_ROWS);
  const last = `least(${CHUNK_ROWS}, ${rows} - n * ${CHUNK_ROWS})`;
  return [
    `insert into batches (id, issuer_id, file_name, sha256, bytes, storage_key, profile, mode, reading, status, rows_read,
                          chunks_total, splitting_at, split_at)
     values ($1, $2, 'debts.csv', repeat('a', 64), ${rows} * 95, 'uploads/a.csv', 'lenient', 'process', 'bench', 'processing',
             ${rows}, ${chunks}, now(), now())`,
    `insert into chunks (batch_id, chunk_no, byte_offset, byte_length, first_line, rows)
     select $1, n, 100 + n::bigint * 95000, 95000, 2 + n * ${CHUNK_ROWS}, ${last} from generate_series(0, ${chunks - 1}) n`,
    `insert into chunk_results (batch_id, chunk_no, stage, from_line, rows, accepted, centavos)
     select $1, n, stage, 2 + n * ${CHUNK_ROWS}, ${last}, ${last}, case stage when 'issue' then ${last} * 100 end
     from generate_series(0, ${chunks - 1}) n, unnest(array['validate', 'issue']) stage`,
    `insert into debtors (issuer_id, document, name) values ($2, '0001', $1)`,
    `insert into debts (issuer_id, debt_id, debtor_id, email, amount_centavos, due_date, batch_id, chunk_no, line)
     select $2, gen_random_uuid(), 1, 'someone@example.com', 100 + (n::bigint * 7919) % 1000000, '2022-10-12', $1,
            n / ${CHUNK_ROWS}, n + 2
     from generate_series(0, ${rows - 1}) n`,
    `insert into boletos (id, issuer_id, debt_id, batch_id, chunk_no, nosso_numero, nosso_numero_impresso, codigo_barras,
                          linha_digitavel, issued_on)
     select ('0190' || lpad(to_hex(line), 8, '0') || '70008000' || substr(md5(line::text), 1, 12))::uuid, $2, id, batch_id,
            chunk_no, line, '109/' || lpad(line::text, 8, '0') || '-7', lpad(line::text, 44, '3'), lpad(line::text, 47, '3'),
            '2026-11-21'
     from debts where batch_id = $1 order by id`,
    `insert into notifications (boleto_id, kind, batch_id, recipient, status, attempts)
     select id, 'boleto_issued', $1, 'someone@example.com', 'sent', 1 from boletos
     where batch_id = $1 and nosso_numero <= ${notified + 1}`,
    `insert into notification_results (batch_id, sent, failed)
     select $1, ${GROUP}, 0 from generate_series(1, ${Math.floor(notified / GROUP)})`,
    `insert into rejections (batch_id, line, chunk_no, problems, raw)
     select $1, n + 2, n / ${CHUNK_ROWS},
            '[{"field":"email","code":"EMAIL_INVALID","value":"maria.example.com","message":"Informe um e-mail como nome@empresa.com.br."},
              {"field":"debtAmount","code":"AMOUNT_INVALID","value":"1,2,3","message":"Informe o valor em reais, como 1234,56."}]',
            'Maria da Silva,52998224725,maria.example.com,"1,2,3",2026-12-31,F-' || n
     from generate_series(0, ${Math.floor(rows / 2) - 1}) n`,
  ];
}

/**
 * The same rows of results.csv through a cursor, as they come: no formatting, no HTTP.
 * @returns rows a second
 */
export async function readByCursor(client: Client, rows: number): Promise<number> {
  const startedAt = performance.now();
  await client.query('begin');
  await client.query(
    `declare everything cursor for
     select d.line, d.debt_id, b.status, b.nosso_numero_impresso, b.codigo_barras, b.linha_digitavel, d.amount_centavos,
            d.due_date::text, b.id, n.status
     from debts d
     left join boletos b on b.debt_id = d.id
     left join notifications n on n.boleto_id = b.id and n.kind = 'boleto_issued'
     where d.batch_id = '${BATCH_ID}'
     order by d.chunk_no, d.line`,
  );
  let read = 0;
  for (;;) {
    const page = await client.query({ text: 'fetch 2000 from everything', rowMode: 'array' });
    if (page.rows.length === 0) break;
    read += page.rows.length;
  }
  await client.query('commit');
  if (read !== rows) throw new Error(`${String(read)} rows read, ${String(rows)} are there`);
  return (read / (performance.now() - startedAt)) * 1_000;
}
