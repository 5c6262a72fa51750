/**
 * Body of the compile process. The parser and the bundler are native code that recurses as deep as
 * a program is nested, so a program can end this process. It has nothing that is worth having: no
 * environment, no files of its own to read, and only text comes in and goes out.
 */
import type { VfsPath } from '@org/core';
import { bundleProgram } from './bundle.ts';
import {
  type CompileReply,
  type CompileRequest,
  toPlainError,
  toSandboxError,
} from './compile-messages.ts';
import type { ImportedFile } from './imports.ts';

const waiting = new Map<number, PromiseWithResolvers<ImportedFile>>();
let lastRequest = 0;

const send = (reply: CompileReply): void => {
  process.send?.(reply);
};

async function compile({ job, program }: Extract<CompileRequest, { type: 'compile' }>) {
  const resolve = (specifier: string, importer: VfsPath): Promise<ImportedFile> => {
    const request = ++lastRequest;
    const answer = Promise.withResolvers<ImportedFile>();
    waiting.set(request, answer);
    send({ type: 'resolve', job, request, specifier, importer });
    return answer.promise;
  };
  try {
    send({ type: 'compiled', job, bundle: await bundleProgram(program, resolve) });
  } catch (error) {
    send({ type: 'failed', job, error: toPlainError(error) });
  }
}

process.on('message', (message: CompileRequest) => {
  if (message.type === 'compile') {
    void compile(message);
    return;
  }
  const { request, result } = message;
  const answer = waiting.get(request);
  waiting.delete(request);
  if ('file' in result) answer?.resolve(result.file);
  else answer?.reject(toSandboxError(result.error));
});

// A terminal's Ctrl-C reaches the whole process group; the host decides when this process ends.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
