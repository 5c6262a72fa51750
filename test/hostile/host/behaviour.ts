/** One thing that a hostile server does. `#id` stands for the id of the request in all texts. */
export type Step =
  /** A message, `jsonrpc` added. */
  | { readonly send: object; readonly times?: number }
  /** On the stream as it is, without an end of line. */
  | { readonly raw: string; readonly times?: number }
  | { readonly stderr: string; readonly times?: number }
  | { readonly exit: number }
  | { readonly signal: NodeJS.Signals }
  /** Again and again, until it is ended. */
  | { readonly drip: string; readonly everyMs: number };

type Steps = readonly Step[];

/** What a server does when a message comes. Left out: what a good server would answer. */
export interface Behaviour {
  readonly initialize?: Steps;
  readonly 'tools/list'?: Steps;
  readonly 'tools/call'?: Steps;
  readonly 'notifications/initialized'?: Steps;
  readonly 'notifications/cancelled'?: Steps;
}

export const result = (value: object): Steps => [{ send: { id: '#id', result: value } }];

/** The list of tools that is one page of these definitions. */
export const listing = (...tools: unknown[]): Behaviour => ({ 'tools/list': result({ tools }) });

/** One tool, `t`, with these fields of its definition. */
export const defined = (fields: object): Behaviour =>
  listing({ name: 't', inputSchema: { type: 'object' }, ...fields });

export const called = (...steps: Step[]): Behaviour => ({ 'tools/call': steps });

export const structured = (value: unknown): object => ({ content: [], structuredContent: value });

export const replied = (value: unknown): Step => ({
  send: { id: '#id', result: structured(value) },
});

export const line = (text: string): Step => ({ raw: `${text}\n` });
