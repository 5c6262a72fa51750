import { createReadStream } from 'node:fs';
import { SandboxError } from '@org/core';

const maxBytes = 64 * 1024 * 1024;

/**
 * A file that the user named. Pipes can be read too, such as the shell's `<(command)`.
 * @param hint what to do when it cannot be read
 * @throws SandboxError `FILE_NOT_FOUND`, `NOT_A_FILE`, or `USAGE` for one that is over 64 MiB
 */
export async function readBytes(file: string, hint: string): Promise<Buffer> {
  try {
    return await readAll(createReadStream(file), file, hint);
  } catch (cause) {
    if (cause instanceof SandboxError) throw cause;
    throw unreadable(file, hint, cause as NodeJS.ErrnoException);
  }
}

/** What is written to this process. @throws SandboxError `USAGE` where that is over 64 MiB */
export function readStandardInput(): Promise<Buffer> {
  return readAll(process.stdin, 'The standard input', 'Name a smaller file.');
}

async function readAll(input: AsyncIterable<Buffer>, name: string, hint: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxBytes) throw new SandboxError('USAGE', `${name} is over 64 MiB.`, { hint });
  }
  return Buffer.concat(chunks);
}

/** `bytes` as text, without a byte order mark. */
export function textOf(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/^\uFEFF/u, '');
}

/** The text of a file that the user named. @throws as `readBytes` */
export async function readText(file: string, hint: string): Promise<string> {
  return textOf(await readBytes(file, hint));
}

function unreadable(file: string, hint: string, cause: NodeJS.ErrnoException): SandboxError {
  const { code } = cause;
  if (code === 'EISDIR') {
    return new SandboxError('NOT_A_FILE', `${file} is a folder, not a file.`, { hint, cause });
  }
  const missing = code === 'ENOENT' || code === 'ENOTDIR';
  const what = missing
    ? `There is no file ${file}`
    : `Cannot read ${file}: ${code ?? cause.message}`;
  return new SandboxError('FILE_NOT_FOUND', `${what}.`, { hint, cause });
}
