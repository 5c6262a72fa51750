import { SandboxError } from '@org/core';
import type { WorkspaceUsage } from './workspace.ts';

/** What `/workspace` may hold. */
export interface WorkspaceQuota {
  /** All files together, in UTF-8. Default 16 MiB. */
  readonly bytes: number;
  /** Files and folders together, since an empty folder takes memory too. Default 1,000. */
  readonly files: number;
  /** One file, in UTF-8. Default 8 MiB. */
  readonly fileBytes: number;
  /** Names in a path below `/workspace`. Default 32. */
  readonly depth: number;
}

export const defaultQuota: WorkspaceQuota = {
  bytes: 16 * 1024 * 1024,
  files: 1_000,
  fileBytes: 8 * 1024 * 1024,
  depth: 32,
};

/** What one write changes. */
export interface Growth {
  readonly path: string;
  /** Size of the file after the write, in UTF-8. */
  readonly fileBytes: number;
  /** Against what was there before; negative when a file becomes smaller. */
  readonly addedBytes: number;
  readonly addedEntries: number;
}

/** Bounds what the workspace holds. */
export class Quota {
  readonly #limits: WorkspaceQuota;

  constructor(limits: WorkspaceQuota) {
    this.#limits = limits;
  }

  /** @throws SandboxError `QUOTA_EXCEEDED` for a write that would go beyond it */
  check(usage: WorkspaceUsage, growth: Growth): void {
    const { bytes, files, fileBytes, depth } = this.#limits;
    const refuse = (why: string, hint: string): never => {
      throw new SandboxError('QUOTA_EXCEEDED', `Cannot write ${growth.path}: ${why}.`, { hint });
    };
    // Without the empty name before the first slash, and that of the workspace.
    if (growth.path.split('/').length - 2 > depth) {
      refuse(`a path may have ${depth} names below the workspace`, 'Use fewer folders.');
    }
    if (growth.fileBytes > fileBytes) {
      refuse(
        `it would have ${growth.fileBytes} bytes, and a file may have ${fileBytes}`,
        'Write less, or split it into several files.',
      );
    }
    if (usage.bytes + growth.addedBytes > bytes) {
      refuse(
        `the workspace would hold ${usage.bytes + growth.addedBytes} bytes of ${bytes} allowed`,
        'Overwrite files you no longer need with less.',
      );
    }
    if (usage.entries + growth.addedEntries > files) {
      refuse(
        `the workspace would hold ${usage.entries + growth.addedEntries} files and folders of ` +
          `${files} allowed`,
        'Put more into one file.',
      );
    }
  }
}
