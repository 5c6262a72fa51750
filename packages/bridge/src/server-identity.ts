import { createHash } from 'node:crypto';
import { canonicalJson, type JsonValue } from '@org/core';
import { clientCapabilities } from './mcp-capabilities.ts';
import type { ServerEntry } from './server-entry.ts';

/** The forms of the protocol that servers are spoken to in, which decides what they list. */
const eras = { stdio: ['2025-11-25'], http: ['2026-07-28', '2025-11-25'], sse: ['2024-11-05'] };

/**
 * What the catalog of a server depends on, as 64 hex digits: its name, all of its entry with variables
 * filled in, what we declare to it and how we speak to it. No secret can be read off it.
 * @throws SandboxError `VARIABLE_UNSET` or `CONFIG_INVALID`
 */
export function serverIdentity(entry: ServerEntry): string {
  const { redact: _, ...resolved } = entry.resolve();
  const parts = { resolved, capabilities: clientCapabilities, eras: eras[entry.type] };
  return createHash('sha256')
    .update(canonicalJson(parts as unknown as JsonValue))
    .digest('hex');
}
