/**
 * The web server in production: Next behind, and before it the two questions that load balancers and applications ask a
 * thousand times a second. Next's own way through a request takes 3-30 ms at that rate, which is more than the answer may.
 */
import { createServer } from 'node:http';
import next from 'next';
import { answerReads } from './answer-reads';
import { forwardedFor } from './forwarded-for';

const [host = '127.0.0.1', port = '3000', reached = 'directly'] = process.argv.slice(2);
const server = createServer();
const app = next({ dev: false, hostname: host, port: Number(port), httpServer: server });
await app.prepare();
const pages = app.getRequestHandler();

server.on('request', (request, response) => {
  request.headers['x-forwarded-for'] = forwardedFor(
    request.headers['x-forwarded-for'],
    request.socket.remoteAddress,
    reached === 'by-proxy',
  );
  void answerReads(request, response)
    .then((answered) => (answered ? undefined : pages(request, response)))
    .catch((error: unknown) => {
      console.error(error);
      if (!response.headersSent) response.statusCode = 500;
      response.end();
    });
});
server.on('error', (error) => {
  console.error(`Cannot listen on ${host}:${port}: ${error.message}`);
  process.exit(1);
});
server.listen(Number(port), host);

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    // What is being answered is answered; connections that wait for a next question end.
    server.close(() => void app.close().finally(() => process.exit(0)));
    server.closeIdleConnections();
  });
