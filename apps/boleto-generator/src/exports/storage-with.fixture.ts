import type { Storage } from '#storage';

/** A storage in which the methods of `instead` replace the original ones. */
export function storageWith(storage: Storage, instead: Partial<Storage>): Storage {
  return {
    put: async (key, body) => await storage.put(key, body),
    read: async (key, range) => await storage.read(key, range),
    stream: async (key, range) => await storage.stream(key, range),
    blocks: (key, offset) => storage.blocks(key, offset),
    size: async (key) => await storage.size(key),
    remove: async (key) => {
      await storage.remove(key);
    },
    list: (folder) => storage.list(folder),
    freeBytes: async () => await storage.freeBytes(),
    ...instead,
  };
}
