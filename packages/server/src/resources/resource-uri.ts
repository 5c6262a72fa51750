import { parseVfsPath, SandboxError, type VfsPath } from '@org/core';

/** Of a run, what can be read. */
const runParts = ['summary', 'result', 'logs', 'calls'] as const;
export type RunPart = (typeof runParts)[number];

export type ResourceUri = { readonly uri: string; readonly page: number } & (
  | { readonly kind: 'run'; readonly runId: string; readonly part: RunPart }
  | { readonly kind: 'file'; readonly session: string; readonly path: VfsPath }
);

const maxUri = 2_000;

/** Undefined for what is no resource of a run or a session. */
export function parseResourceUri(text: string): ResourceUri | undefined {
  if (text.length > maxUri) return undefined;
  const match = /^(run|session):\/\/([a-z0-9-]{1,64})(?:\/([^?#]*))?(?:\?page=(\d{1,6}))?$/.exec(
    text,
  );
  if (match === null) return undefined;
  const [, scheme, name = '', rest = '', page = '1'] = match;
  const base = { uri: text.replace(/\?.*$/, ''), page: Number(page) };
  if (scheme === 'run') {
    const part = runParts.find((one) => one === (rest === '' ? 'summary' : rest));
    return part === undefined ? undefined : { ...base, kind: 'run', runId: name, part };
  }
  const path = vfsPath(rest);
  return path === undefined ? undefined : { ...base, kind: 'file', session: name, path };
}

export const fileUri = (session: string, path: string): string =>
  `session://${session}/${path.split('/').filter(Boolean).map(encodeURIComponent).join('/')}`;

function vfsPath(rest: string): VfsPath | undefined {
  if (!/^(?:workspace|mcp-tools)(?:\/|$)/.test(rest)) return undefined;
  try {
    return parseVfsPath(`/${decodeURIComponent(rest)}`);
  } catch (error) {
    if (error instanceof URIError || error instanceof SandboxError) return undefined;
    throw error;
  }
}
