import type { Child, Run } from '../run/run.mjs';

export type AppName =
  | 'upload-api'
  | 'file-splitter'
  | 'chunk-validator'
  | 'boleto-generator'
  | 'notifier'
  | 'dispatcher'
  | 'billing-api'
  | 'gateway';

export const appNames: readonly AppName[];
/** The apps that take messages or hand them on. */
export const workerNames: readonly AppName[];

export interface SystemOptions {
  readonly run: Run;
  readonly databaseUrl: string;
  /** Where the role that owns the schema connects: the apps then are roles of their own. */
  readonly ownerUrl?: string;
  readonly rabbitmqUrl: string;
  /** Added to the environment of every app. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The apps and the mail sink as processes of their own, from dist/, on free ports, against given services. */
export class System {
  static create(options: SystemOptions): Promise<System>;
  /** The one address of the system: the gateway. */
  readonly url: string;
  /** The APIs themselves, past the gateway. */
  readonly uploadApiUrl: string;
  readonly billingApiUrl: string;
  /** Web page and API of the mail sink. */
  readonly mailUrl: string;
  readonly smtpUrl: string;
  /** The folder with every delivered message as an .eml file. */
  readonly mailbox: string;
  readonly storageFolder: string;
  /** What makes the Message-ID of a boleto's e-mail: see boletoMessageId of apps/notifier. */
  readonly messageIds: { readonly secret: string; readonly domain: string };
  /** Base URL of /health and /metrics of each app. */
  readonly managementUrls: Readonly<Record<AppName, string>>;
  startMailSink(): Promise<Child>;
  /** Schema and demo issuer. */
  migrate(): Promise<void>;
  /** Does not wait; an app that is running is left alone. Start again after `stop()` of the Child. */
  start(name: AppName): Child;
  /** One more process of an app, on ports of its own; `label` names its log. Nobody waits for it. */
  startAnother(name: AppName, label: string): Child;
  /** Until every app that was started is ready. */
  ready(options?: { readonly timeoutMs?: number }): Promise<void>;
  /** Sink, schema, all apps, ready. */
  startAll(): Promise<void>;
  deadApp(): Child | undefined;
}
