// What the examples of doc comments take for granted, so that each can be about one thing. Only for them: READMEs show all they use.
import type { Executor, Future, TaskModule } from '@anypool/core';

export declare const executor: Executor;
export declare const futures: readonly Future<string>[];
export declare const paths: readonly string[];
export declare const picture: Uint8Array;
export declare const server: import('node:http').Server;
export declare const url: URL;
export declare const images: TaskModule<typeof import('./images.js')>;
export declare const files: TaskModule<{ sha256(path: string): string; lines(path: string): AsyncGenerator<string> }>;
export declare function isWanted(n: number): boolean;
