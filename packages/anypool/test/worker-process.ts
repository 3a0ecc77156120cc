import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** How a command has ended. */
export interface CommandEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An `anypool` that runs. */
export interface RunningCommand {
  readonly end: Promise<CommandEnd>;
  /** The first line that tells of such an event, once it is there. */
  told(event: string): Promise<Record<string, unknown>>;
  /** Closes the pipe that its lines go to. */
  stopReading(): void;
  kill(signal: NodeJS.Signals): void;
}

/** How a command is started. */
export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Another one than that of this workspace. */
  readonly bin?: string;
}

const ownBin = fileURLToPath(new URL('../bin/anypool.js', import.meta.url));

/** Starts `anypool` with these arguments. Nothing of the tests' own settings is in its environment. */
export function startCommand(
  args: readonly string[],
  { cwd, env = {}, bin = ownBin }: CommandOptions = {},
): RunningCommand {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd,
    env: { ...process.env, REDIS_URL: undefined, ANYPOOL_SECRET: undefined, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout }).on('line', (line) => void lines.push(line));
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const end = once(child, 'close').then(([code, signal]) => {
    const stdout = lines.map((line) => `${line}\n`).join('');
    return { code, signal, stdout, stderr };
  });
  const found = (event: string) => lines.find((line) => line.startsWith(`{"event":"${event}"`));
  return {
    end,
    async told(event) {
      const tooSoon = end.then(({ code }) => {
        if (found(event) === undefined) throw new Error(`It ended (${code}) without '${event}': ${stderr}`);
      });
      while (found(event) === undefined) await Promise.race([once(reader, 'line'), tooSoon]);
      return JSON.parse(found(event) ?? '');
    },
    stopReading: () => void child.stdout.destroy(),
    kill: (signal) => void child.kill(signal),
  };
}

/** Where tasks that are held say that they run. */
export interface Gate {
  readonly port: number;
  /** The next task that has come, and may be told to go on. */
  arrival(): Promise<Socket>;
  close(): void;
}

/** Opens one on a free port. */
export async function openGate(): Promise<Gate> {
  const server: Server = createServer();
  const waiting: Socket[] = [];
  server.on('connection', (socket) => {
    socket.on('error', () => {});
    waiting.push(socket);
    server.emit('arrival');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('There is no port.');
  return {
    port: address.port,
    async arrival() {
      for (;;) {
        const socket = waiting.shift();
        if (socket !== undefined) return socket;
        await once(server, 'arrival');
      }
    },
    close: () => void server.close(),
  };
}
