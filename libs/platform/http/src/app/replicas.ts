/**
 * Injection token of the number of processes of the app, among which limits in memory are divided: REPLICAS of the
 * environment.
 */
export const REPLICAS = Symbol('replicas');
