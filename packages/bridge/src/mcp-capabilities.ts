import type { ClientCapabilities } from '@modelcontextprotocol/client';

/** What we tell servers that we can do; a server may list other tools for other capabilities. */
export const clientCapabilities: ClientCapabilities = {};
