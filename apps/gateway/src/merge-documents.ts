import { z } from 'zod';

/** The parts of an OpenAPI document that two documents can both have; the rest is kept as it is. */
export const openApiDocument = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()).optional() }).optional(),
});

type OpenApiDocument = z.infer<typeof openApiDocument>;

/**
 * One document with the operations and schemas of all. Everything else, the title for instance, is the first one's.
 *
 * @throws Error if two documents describe one operation, or give one name to different schemas
 */
export function mergeDocuments(documents: readonly [OpenApiDocument, ...OpenApiDocument[]]): OpenApiDocument {
  const [first, ...others] = documents;
  const paths = new Map(Object.entries(first.paths).map(([path, operations]) => [path, { ...operations }]));
  const schemas = new Map(Object.entries(first.components?.schemas ?? {}));
  for (const other of others) {
    for (const [path, operations] of Object.entries(other.paths)) {
      const known = paths.get(path) ?? {};
      for (const method of Object.keys(operations)) {
        if (method in known) throw new Error(`two documents describe ${method} ${path}`);
      }
      paths.set(path, { ...known, ...operations });
    }
    for (const [name, schema] of Object.entries(other.components?.schemas ?? {})) {
      const known = schemas.get(name);
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(schema)) {
        throw new Error(`two documents have a schema ${name}, and they differ`);
      }
      schemas.set(name, schema);
    }
  }
  return {
    ...first,
    paths: Object.fromEntries(paths),
    components: { ...first.components, schemas: Object.fromEntries(schemas) },
  };
}
