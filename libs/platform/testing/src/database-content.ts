import type { DataSource } from 'typeorm';

/** A digest of the rows of every table, by its name. Two that are equal are of the same content. */
export async function contentOf(dataSource: DataSource): Promise<Readonly<Record<string, string>>> {
  const tables: { readonly name: string }[] = await dataSource.query(
    `select format('%I', c.relname) as name
     from pg_class c
     where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace
     order by 1`,
  );
  const digests: Record<string, string> = {};
  for (const { name } of tables) {
    const [row]: { readonly digest: string }[] = await dataSource.query(
      `select md5(coalesce(string_agg(t::text, '' order by t::text), '')) as digest from ${name} t`,
    );
    digests[name] = row?.digest ?? '';
  }
  return digests;
}
