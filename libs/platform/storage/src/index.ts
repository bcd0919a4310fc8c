export { createStorage, type StorageConfig } from './create-storage.ts';
export {
  type ByteRange,
  type Storage,
  StorageKeyNotFoundError,
  StorageUnavailableError,
  type StoredObject,
} from './storage.ts';
