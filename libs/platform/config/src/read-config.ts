import { z } from 'zod';

/** Environment variables as Node provides them. A variable that is not set is undefined. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The typed configuration. Throws one Error that names every wrong variable and its expectation. Values are never part
 * of the message. An empty variable counts as not set, because compose files pass unset variables as empty.
 */
export function readConfig<S extends z.ZodType>(schema: S, environment: Environment): z.output<S> {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(present);
  if (!parsed.success) throw new Error(`invalid configuration\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
