export { claimPart, isAccountedFor, recordPart, type Part, type Stage } from './part.ts';
