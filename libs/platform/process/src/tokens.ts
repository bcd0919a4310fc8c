/** Injection tokens of what has no class: `@Inject(LOGGER) logger: Logger`. */
export const LOGGER = Symbol('logger');
export const METRICS = Symbol('metrics');
export const STORAGE = Symbol('storage');
