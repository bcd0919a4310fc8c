/** The broker's management API, within one vhost. */
export class BrokerApi {
  constructor(managementUrl: string, vhost: string);
  readonly vhost: string;
  /** Messages of each queue. */
  depths(): Promise<Map<string, number>>;
  call(method: string, path: string, body?: unknown): Promise<unknown>;
}
