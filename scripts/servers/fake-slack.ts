/** A webhook server that answers by a script and keeps what it got: bodies, order, duplicates. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** `hang` accepts the body and never answers, `reset` accepts it and cuts the connection, `huge` never stops answering. */
export type ScriptedAnswer =
  | { status: number; text?: string; headers?: Record<string, string> }
  | 'hang'
  | 'reset'
  | 'huge';

export type Received = {
  path: string;
  body: string;
  headers: Record<string, string | string[] | undefined>;
  answered: ScriptedAnswer;
};

export type FakeSlack = {
  url: string;
  received: Received[];
  /** Answers to come, by path; `ok` when there is none. */
  script: Map<string, ScriptedAnswer[]>;
  stop(): Promise<void>;
};

export async function startFakeSlack(): Promise<FakeSlack> {
  const received: Received[] = [];
  const script = new Map<string, ScriptedAnswer[]>();
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    try {
      for await (const part of request) parts.push(part as Buffer);
    } catch {
      return;
    }
    const path = request.url ?? '';
    const answer = script.get(path)?.shift() ?? { status: 200 };
    const body = Buffer.concat(parts).toString('utf8');
    received.push({ path, body, headers: request.headers, answered: answer });
    reply(answer, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ received, script },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function reply(answer: ScriptedAnswer, request: IncomingMessage, response: ServerResponse) {
  if (answer === 'hang') return;
  if (answer === 'reset') {
    request.socket.resetAndDestroy();
    return;
  }
  if (answer === 'huge') {
    response.writeHead(200);
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    };
    response.on('drain', more);
    response.on('error', () => undefined);
    more();
    return;
  }
  response.writeHead(answer.status, answer.headers);
  response.end(answer.text ?? (answer.status === 200 ? 'ok' : ''));
}
