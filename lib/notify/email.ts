/** Messages as e-mail, by nodemailer. SMTP: RFC 5321; TLS of submission: RFC 8314. Server only. */
import { createTransport } from 'nodemailer';
import { AddressError, resolveHost } from './address';
import { plainText } from './forms';
import type { Said } from './render';
import type { Answer } from './retry';

/**
 * Where mail is handed over. `implicit` speaks TLS at once (port 465), `starttls` before anything else is said (port 587),
 * both with the certificate checked; `none` only inside the network, and never with a password.
 */
export type MailServer = {
  host: string;
  port: number;
  tls: 'implicit' | 'starttls' | 'none';
  user: string | null;
  from: string;
  to: string[];
};

export async function sendMail(
  server: MailServer,
  said: Said,
  given: {
    password: string;
    deliveryId: string;
    allowPrivate: boolean;
    timeoutMs?: number;
    ca?: string;
  },
): Promise<Answer> {
  const { host, port, tls, user, from, to } = server;
  if (tls === 'none' && (user !== null || !given.allowPrivate)) return refused('no TLS');
  let address: string;
  try {
    ({ address } = await resolveHost(host, given.allowPrivate));
  } catch (error) {
    const reason = error instanceof AddressError ? error.refusal : 'unresolved';
    return { kind: 'failed', reason, ambiguous: false };
  }
  const most = given.timeoutMs ?? 10_000;
  let sentWhole = false;
  const quiet = () => {};
  const transport = createTransport({
    // What it tells of itself says when the whole message was on its way; nothing of it is logged.
    logger: {
      ...{ level: quiet, trace: quiet, debug: quiet, warn: quiet, error: quiet, fatal: quiet },
      info: (entry: { tnx?: string }) => {
        if (entry.tnx === 'message') sentWhole = true;
      },
    },
    // To the address that was checked; the name stays for the certificate.
    ...{ host: address, port, secure: tls === 'implicit' },
    ...{ requireTLS: tls === 'starttls', ignoreTLS: tls === 'none' },
    tls: { servername: host, minVersion: 'TLSv1.2', ...(given.ca ? { ca: given.ca } : {}) },
    ...(user === null ? {} : { auth: { user, pass: given.password } }),
    ...{ connectionTimeout: most, greetingTimeout: most, socketTimeout: most, dnsTimeout: most },
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  try {
    const sent = await transport.sendMail({
      ...{ from, to },
      subject: plainText(said.title).slice(0, 200).toWellFormed(),
      text: mailText(said, given.deliveryId),
      // The same for each try: a duplicate is known by it.
      messageId: `<${given.deliveryId}.yagura@${from.split('@')[1] ?? 'localhost'}>`,
      headers: { 'auto-submitted': 'auto-generated', 'x-yagura-delivery': given.deliveryId },
    });
    const refusedTo = sent.rejected.length > 0 ? `; refused for ${sent.rejected.length}` : '';
    return { kind: 'status', status: 250, retryAfter: null, text: sent.response + refusedTo };
  } catch (error) {
    return answerOf(error as SmtpError, sentWhole);
  } finally {
    transport.close();
  }
}

/** All lines of a message as plain text: what came from a database cannot be a link or a header in it. */
export function mailText(said: Said, deliveryId: string): string {
  const block = (lines: string[]) => lines.filter(Boolean).join('\n');
  return [
    block(said.facts.map(([name, value]) => `${name}: ${plainText(value)}`)),
    block(said.paragraphs.map(plainText)),
    block(said.links.map(([name, url]) => `${name}: ${url}`)),
    `-- \n${deliveryId}`,
  ]
    .filter(Boolean)
    .join('\n\n');
}

type SmtpError = Error & { code?: string; responseCode?: number };

/**
 * 4xx and no answer are tried again; 5xx is for ever, and of the login or the addresses the channel's own. Whether a message
 * was taken is unclear only when the answer to its content did not come.
 */
function answerOf({ message, code, responseCode }: SmtpError, sentWhole: boolean): Answer {
  if (responseCode !== undefined && responseCode >= 500)
    return { kind: 'status', status: 403, retryAfter: null, text: message };
  if (responseCode !== undefined)
    return { kind: 'failed', reason: message.slice(0, 200), ambiguous: false };
  if (code === 'ETLS' || code === 'EAUTH' || /certificate|self.signed/i.test(message))
    return refused(`TLS or login: ${message}`);
  return { kind: 'failed', reason: message.slice(0, 200), ambiguous: sentWhole };
}

const refused = (reason: string): Answer => ({
  ...{ kind: 'status', status: 403, retryAfter: null, text: `refused here: ${reason}` },
});
