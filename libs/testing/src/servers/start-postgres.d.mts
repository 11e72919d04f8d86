export declare const startPostgres: (
  folder: string,
  settings?: { readonly durable?: boolean },
) => Promise<{
  readonly url: string;
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}>;
