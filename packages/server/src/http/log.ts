import { type DestinationStream, destination, type Logger, pino } from 'pino';

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** What would let somebody in, wherever it stands. */
const secrets = ['authorization', 'cookie', 'token', 'secret', '["mcp-session-id"]'];
const paths = secrets.flatMap((name) => {
  const member = name.startsWith('[') ? name : `.${name}`;
  return [name, `*${member}`, `*.*${member}`, `*.*.*${member}`];
});

/**
 * One JSON object a line. Each line is written before the call returns, so that none is lost when the
 * process ends.
 * @param to default: stderr, since stdout may be the protocol's
 */
export function createLog(level: LogLevel, to: DestinationStream = stderr()): Logger {
  return pino({ level, base: null, timestamp: isoTime, redact: { paths, remove: true } }, to);
}

function stderr(): DestinationStream {
  return destination({ fd: 2, sync: true });
}

function isoTime(): string {
  return `,"time":"${new Date().toISOString()}"`;
}
