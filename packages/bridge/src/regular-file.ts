import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

const { O_RDONLY, O_NONBLOCK } = constants;

/**
 * The bytes of a file that somebody else may have put there: a pipe is not waited for, and a device
 * does not fill the memory.
 * @throws Error with the system's `code`; `EFBIG`: it is over `maxBytes`; `EFTYPE`: it is no regular file
 */
export async function readRegularFile(file: string, maxBytes: number): Promise<Buffer> {
  await using handle = await open(file, O_RDONLY | O_NONBLOCK);
  const found = await handle.stat();
  if (found.isDirectory()) throw failure('EISDIR', 'it is a folder');
  if (!found.isFile()) throw failure('EFTYPE', 'it is no regular file');
  if (found.size > maxBytes) throw failure('EFBIG', `it has over ${maxBytes} bytes`);
  // What is written to it meanwhile does not count.
  const bytes = Buffer.alloc(found.size);
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

const failure = (code: string, message: string): Error =>
  Object.assign(new Error(message), { code });
