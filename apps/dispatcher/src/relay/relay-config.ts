/** How much the loops of this app take at once, and how often they look by themselves. */
export const RELAY_CONFIG = Symbol('relay config');
