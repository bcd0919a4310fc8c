import type { Config } from './config.ts';

/** The configuration that controllers read, in addition to PUBLIC_URL. */
export type Settings = Pick<Config, 'TIME_ZONE' | 'RABBITMQ_MANAGEMENT_URL' | 'FOUR_EYES'>;

/** Injection token of Settings. */
export const SETTINGS = Symbol('settings');
