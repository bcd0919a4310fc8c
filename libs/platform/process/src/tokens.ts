/** Injection tokens for values without a class: `@Inject(LOGGER) logger: Logger`. */
export const LOGGER = Symbol('logger');
export const METRICS = Symbol('metrics');
export const STORAGE = Symbol('storage');
