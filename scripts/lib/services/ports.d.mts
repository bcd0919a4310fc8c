/** Different ports that nobody listens on. */
export function freePorts(count: number): Promise<number[]>;
