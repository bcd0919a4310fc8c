// s3rver has no types. These are the parts that the conformance suite uses.
declare module 's3rver' {
  import type { AddressInfo } from 'node:net';

  interface Context {
    readonly method: string;
    type: string;
    readonly query: Readonly<Record<string, string | undefined>>;
    readonly response: { get(header: string): string };
    status: number;
    body: string;
  }

  interface ReadOptions {
    readonly start?: number;
    readonly end?: number | string;
  }

  export default class S3rver {
    readonly middleware: ((context: Context, next: () => Promise<void>) => Promise<void>)[];
    readonly store: {
      getObject(bucket: string, key: string, options?: ReadOptions): Promise<unknown>;
      listObjects(
        bucket: string,
        options: { readonly prefix: string; readonly startAfter: string; readonly maxKeys: number },
      ): Promise<{
        readonly objects: readonly { readonly key: string; readonly lastModifiedDate: Date }[];
        readonly isTruncated: boolean;
      }>;
    };

    constructor(options: {
      address: string;
      port: number;
      silent: boolean;
      directory: string;
      configureBuckets: readonly { readonly name: string }[];
    });
    run(): Promise<AddressInfo>;
    close(): Promise<void>;
  }
}
