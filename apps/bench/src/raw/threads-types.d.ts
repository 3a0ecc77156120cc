// threads.js 1.7 has types that do not resolve under nodenext; these are those that the bench needs.
declare module 'threads' {
  interface Tasks {
    noop(): Promise<void>;
    crunch(iterations: number): Promise<number>;
    crunchWhere(iterations: number): Promise<string>;
    hold(ms: number): Promise<void>;
    echo(bytes: Uint8Array): Promise<Uint8Array>;
    echoMoved(bytes: unknown): Promise<Uint8Array>;
  }
  export class Worker {
    constructor(path: string);
  }
  export function spawn(worker: Worker): Promise<Tasks>;
  export function Transfer(payload: object, transferables: object[]): unknown;
  export function Pool(
    spawnWorker: () => Promise<Tasks>,
    options: { size?: number },
  ): {
    queue<T>(task: (worker: Tasks) => Promise<T>): PromiseLike<T>;
    terminate(force: boolean): Promise<void>;
  };
}

declare module 'threads/worker' {
  export function expose(tasks: object): void;
  export function Transfer(payload: object, transferables: object[]): unknown;
}
