import { z } from 'zod';

/** Environment variables as Node gives them: a variable that is not set is undefined. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The typed configuration, or one Error that names every variable that is wrong and what was expected of it. Values
 * are never part of the message. An empty variable counts as one that is not set, as compose files pass them.
 */
export function readConfig<S extends z.ZodType>(schema: S, environment: Environment): z.output<S> {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(present);
  if (!parsed.success) throw new Error(`invalid configuration\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
