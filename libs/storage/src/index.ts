export { createStorage, type StorageConfig } from './create-storage.ts';
export { type ByteRange, type Storage, StorageKeyNotFoundError } from './storage.ts';
