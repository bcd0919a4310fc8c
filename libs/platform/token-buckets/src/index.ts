export { type Rate, waitMs } from './token-bucket.ts';
export { returnTokens, takeTokens, type TokenGrant } from './token-bucket.queries.ts';
