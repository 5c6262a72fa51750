import { Writable } from 'node:stream';

/**
 * Takes stdout for a protocol: what anything else in this process writes there goes to stderr from
 * now on.
 * @returns the stream of the real stdout; it ends when nobody reads it any more
 */
export function takeStdout({ stdout, stderr }: NodeJS.Process = process): Writable {
  const write = stdout.write.bind(stdout);
  const output = new Writable({
    decodeStrings: true,
    write: (chunk: Buffer, _encoding, done) => {
      write(chunk, (error) => done(error ?? null));
    },
  });
  stdout.on('error', (error) => output.destroy(error));
  // Whoever serves over it sees that it is closed; an error that nobody handles ends the process.
  output.on('error', () => {});
  stdout.write = ((...args: Parameters<typeof stderr.write>) =>
    stderr.write(...args)) as typeof stdout.write;
  return output;
}
