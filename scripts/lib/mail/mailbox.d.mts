/** The file names of a mailbox folder, oldest first. */
export function messageFiles(folder: string): string[];
/** Header fields, names in lower case. */
export function parseHeaders(head: Buffer): Map<string, string>;
export function readHeaders(path: string): Promise<Map<string, string>>;
/** Different Message-IDs in the folder, among these if asked. */
export function countDelivered(folder: string, filter?: { readonly among?: ReadonlySet<string> }): number;
