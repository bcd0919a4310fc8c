export { columnMapping, columnMappingText } from './column-mapping.ts';
export { findRoute } from './find-route.ts';
export {
  bank,
  issuer,
  issuerChange,
  type IssuerChange,
  issuerPreviewRequest,
  issuerRequest,
  type IssuerRequest,
} from './issuers.schema.ts';
export { batchLinks, exportLinks } from './links.ts';
export { type ApiName, type RouteKey, routes, type RouteSpec } from './routes.ts';
export { instant, oneLine, showable } from './texts.ts';
