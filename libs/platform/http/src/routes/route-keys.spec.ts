import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, NestFactory } from '@nestjs/core';
import { expect, test } from 'vitest';
import { mustBeOfTheTable, routeKeyOf } from './route-keys.ts';
import { Route } from './route.decorator.ts';

@Controller()
class Listed {
  @Route('GET /v1/batches')
  list(this: void): string {
    return 'listed';
  }
}

@Controller()
class Stray {
  @Get('/v1/secret')
  tell(this: void): string {
    return 'told';
  }
}

@Module({ imports: [DiscoveryModule], controllers: [Listed] })
class Good {}

@Module({ imports: [DiscoveryModule], controllers: [Listed, Stray] })
class Bad {}

async function discoveryOf(module: object): Promise<DiscoveryService> {
  const app = await NestFactory.createApplicationContext(module, { logger: false });
  return app.get(DiscoveryService);
}

test('a handler of the table names its route', () => {
  expect(routeKeyOf(Listed.prototype.list)).toBe('GET /v1/batches');
  expect(routeKeyOf(Stray.prototype.tell)).toBeUndefined();
});

test('an app does not start with a handler that is not of the table', async () => {
  mustBeOfTheTable(await discoveryOf(Good));
  const bad = await discoveryOf(Bad);

  expect(() => {
    mustBeOfTheTable(bad);
  }).toThrow(/Stray\.tell: no route of the table/);
});
