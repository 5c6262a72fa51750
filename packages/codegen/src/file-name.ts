import type { ServerId } from '@org/core';
import { distinctNames, type NameRequest } from './distinct-names.ts';

/** Device names that Windows reserves, whatever the extension. */
const device = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9]|lpt[0-9])$/i;

export function isDeviceName(name: string): boolean {
  return device.test(name.split('.', 1)[0]?.trimEnd() ?? '');
}

/** File systems without case must not merge two of our names. */
export function foldCase(name: string): string {
  return name.toLowerCase();
}

const maxFolderLength = 64;
const fitting = /^[A-Za-z0-9._-]{1,64}$/;

function isSafeFolder(name: string): boolean {
  return fitting.test(name) && !name.endsWith('.') && !isDeviceName(name);
}

function safeFolder(id: string): string {
  const ascii = id.replace(/[^A-Za-z0-9._-]/gu, '_').slice(0, maxFolderLength);
  const ended = ascii.replace(/\.+$/, (dots) => '_'.repeat(dots.length));
  return isDeviceName(ended) ? `_${ended}`.slice(0, maxFolderLength) : ended || '_';
}

/**
 * A folder name for each server: 1–64 of `[A-Za-z0-9._-]`, no trailing dot, no Windows device, no
 * two alike without case. An id that fits is its own folder; the order of `ids` does not matter.
 */
export function serverFolders(ids: readonly ServerId[]): ReadonlyMap<ServerId, string> {
  const requests = [...new Set(ids)].sort().map((id): NameRequest<ServerId> => {
    const exact = isSafeFolder(id);
    return { key: id, wanted: exact ? id : safeFolder(id), exact };
  });
  return distinctNames(requests, { fold: foldCase, maxLength: maxFolderLength });
}
