export const usage: string;

/** What a command line asks for; undefined when it asks for help. Throws a UserError that says what is wrong. */
export function readCommand(args: readonly string[]): { readonly method: string; readonly path: string } | undefined;
