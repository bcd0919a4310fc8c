import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { routes, type RouteKey } from '#contracts/http';

/** The metadata by which a handler names its route. */
export const ROUTE_KEY = 'smart-billing:route';

/** The route that a handler answers; undefined for one that is not of the table. */
export function routeKeyOf(handler: object): RouteKey | undefined {
  const key: unknown = Reflect.getMetadata(ROUTE_KEY, handler);
  return isRouteKey(key) ? key : undefined;
}

function isRouteKey(key: unknown): key is RouteKey {
  return typeof key === 'string' && Object.hasOwn(routes, key);
}

/**
 * Refuses a controller with a handler that is not of the route table, because nothing says which permission it needs.
 * @throws Error that names the handlers
 */
export function mustBeOfTheTable(discovery: DiscoveryService): void {
  const scanner = new MetadataScanner();
  const strays = discovery.getControllers().flatMap(({ metatype }) => {
    if (typeof metatype !== 'function') return [];
    const prototype: Record<string, object> = metatype.prototype;
    return scanner
      .getAllMethodNames(prototype)
      .filter((name) => {
        const handler = prototype[name];
        return handler !== undefined && isHandler(handler) && routeKeyOf(handler) === undefined;
      })
      .map((name) => `${metatype.name}.${name}`);
  });
  if (strays.length > 0) {
    throw new Error(`${strays.join(', ')}: no route of the table, so nobody says who may call it. Use @Route(…).`);
  }
}

function isHandler(handler: object): boolean {
  const method: unknown = Reflect.getMetadata(METHOD_METADATA, handler);
  return Reflect.hasMetadata(PATH_METADATA, handler) && typeof method === 'number' && method in RequestMethod;
}
