import { Gauge, type Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { poolStatistics, type PoolStatistics } from './data-source.ts';

/** Gauges of this process's connections to PostgreSQL, read at each scrape. All are 0 before the first connection. */
export function poolMetrics(registry: Registry, dataSource: DataSource): void {
  const registers = [registry];
  const gauge = (name: string, help: string, count: (pool: PoolStatistics) => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(count(poolStatistics(dataSource)));
      },
    });
  gauge('billing_pg_pool_total', 'Connections to PostgreSQL.', ({ total }) => total);
  gauge('billing_pg_pool_idle', 'Connections that are not in use.', ({ idle }) => idle);
  gauge('billing_pg_pool_waiting', 'Requests that wait for a connection.', ({ waiting }) => waiting);
}
