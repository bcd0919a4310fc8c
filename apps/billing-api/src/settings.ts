import type { Config } from './config.ts';

/** What controllers need of the configuration, besides PUBLIC_URL. */
export type Settings = Pick<Config, 'TIME_ZONE' | 'RABBITMQ_MANAGEMENT_URL'>;

/** Injection token of Settings. */
export const SETTINGS = Symbol('settings');
