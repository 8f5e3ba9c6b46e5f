/** The protocol's cancel request: a second, short connection that names the session and asks nothing else. */
import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';

const int32 = (...values: number[]): Buffer => {
  const buffer = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => {
    buffer.writeInt32BE(value, i * 4);
  });
  return buffer;
};
const cancelCode = 80877102;
const tlsCode = 80877103;

/** Asks the server to stop what the session does. Resolves when the request is out or could not be sent; never throws. */
export function cancelQuery(
  at: { address: string; port: number; tls: ConnectionOptions | null },
  session: { processId: number; secretKey: number },
  withinMs: number,
): Promise<void> {
  const request = int32(16, cancelCode, session.processId, session.secretKey);
  return new Promise((resolve) => {
    const socket: Socket = connectTcp(at.port, at.address);
    const done = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve();
    };
    const timer = setTimeout(done, withinMs);
    socket.on('error', done).on('close', done);
    socket.once('connect', () => {
      if (at.tls === null) {
        socket.end(request);
        return;
      }
      socket.write(int32(8, tlsCode));
      socket.once('data', (answer) => {
        // The key would let anyone on the wire cancel too: without TLS it is not sent.
        if (answer.toString('latin1', 0, 1) !== 'S') return done();
        const secure = connectTls({ ...at.tls, socket });
        secure.on('error', done).once('secureConnect', () => secure.end(request));
      });
    });
  });
}
