/**
 * Makes a reader that goes away (`mcp-cli … | head`) the end of the output and of nothing else,
 * and a disk that is full an error with a message. Called before anything is written.
 */
export function guardStandardStreams(): void {
  process.stderr.on('error', () => {});
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') return;
    process.stderr.write(`Error: Cannot write the output: ${code}.\n`);
    process.exit(1);
  });
}
