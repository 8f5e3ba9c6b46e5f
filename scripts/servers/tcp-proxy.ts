/**
 * A TCP proxy whose wire can be cut, where nothing is refused and nothing arrives, as behind a router that is gone, or made
 * longer. For tests.
 */
import { createServer, connect as open, type Socket } from 'node:net';

export type TcpProxy = {
  port: number;
  /** From now on bytes and new connections vanish; nobody is told. */
  cut(): void;
  /** Connections of before are reset, as they are when a route comes back; new ones pass. */
  heal(): void;
  /** From now on all bytes arrive that much later, each way. */
  delay(ms: number): void;
  stop(): Promise<void>;
};

export async function startTcpProxy(target: () => number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let isCut = false;
  let delayMs = 0;
  const pass = (to: Socket, bytes: Buffer) => {
    if (isCut) return;
    if (delayMs === 0) to.write(bytes);
    else setTimeout(() => to.write(bytes), delayMs);
  };
  const server = createServer((near) => {
    const far = isCut ? null : open({ host: '127.0.0.1', port: target() });
    for (const socket of far ? [near, far] : [near]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        if (!isCut) (socket === near ? far : near)?.destroy();
      });
    }
    if (far === null) return;
    // Read and thrown away: the sender's writes must not block on a full window.
    near.on('data', (bytes) => pass(far, bytes));
    far.on('data', (bytes) => pass(near, bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    cut() {
      isCut = true;
    },
    heal() {
      isCut = false;
      for (const socket of sockets) socket.destroy();
    },
    delay(ms) {
      delayMs = ms;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
