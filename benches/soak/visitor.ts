import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

// biome-ignore lint/suspicious/noExplicitAny: a visitor reads a document of the shape that it asserts.
type Answer = any;

/** What visitors did, and what of it was wrong. */
export interface Tally {
  readonly done: Map<string, number>;
  readonly wrong: string[];
}

const runsBesides = `import { add } from './servers/ledger';\n`;

/** One client of the service: it does something, looks whether it came out right, and goes on. */
export class Visitor {
  readonly #name: string;
  readonly #url: string;
  readonly #token: string;
  readonly #next: () => number;
  readonly #tally: Tally;
  #client: Client | undefined;
  #count = 0;
  /** What the session `kept` has to have. */
  #kept: number | undefined;

  constructor(name: string, url: string, token: string, tally: Tally, next: () => number) {
    this.#name = name;
    this.#url = url;
    this.#token = token;
    this.#tally = tally;
    this.#next = next;
  }

  async visit(): Promise<void> {
    const actions = [
      ...['compute', 'call', 'keep', 'cancel', 'wait', 'wrong', 'search', 'read', 'leave'],
    ] as const;
    const action = actions[Math.floor(this.#next() * actions.length)] as (typeof actions)[number];
    this.#count++;
    try {
      await this[action]();
      this.#tally.done.set(action, (this.#tally.done.get(action) ?? 0) + 1);
    } catch (error) {
      this.#tally.wrong.push(`${this.#name} ${action}: ${(error as Error).message}`.slice(0, 500));
      await this.leave();
    }
  }

  async compute(): Promise<void> {
    const n = Math.floor(this.#next() * 1_000);
    const code = 'let sum = 0; for (let i = 1; i <= args.n; i++) sum += i; return sum;';
    this.#same(await this.#run(code, { args: { n } }), 'value', (n * (n + 1)) / 2);
  }

  async call(): Promise<void> {
    const entries = [1, 2, 3].map((one) => `${this.#name} ${this.#count} ${one}`);
    const code = `${runsBesides}const made = await Promise.all(args.entries.map((entry) => add({ entry })));
return made.every((one) => one.entries > 0) ? args.entries : made;`;
    this.#same(await this.#run(code, { args: { entries } }), 'value', entries);
  }

  async keep(): Promise<void> {
    const before = this.#kept ?? null;
    const code = `const before = await getState('${this.#name}');
await setState('${this.#name}', args.next);
await writeFile('${this.#name}.txt', 'x'.repeat(1_000) + args.next);
return [before ?? null, (await readFile('${this.#name}.txt')).length];`;
    const answer = await this.#run(code, { args: { next: this.#count }, session: 'kept' });
    this.#kept = this.#count;
    this.#same(answer, 'value', [before, 1_000 + String(this.#count).length]);
  }

  async cancel(): Promise<void> {
    const code = 'await sleep(60_000); return 1;';
    const signal = AbortSignal.timeout(50 + Math.floor(this.#next() * 500));
    const client = await this.#connected();
    const call = { name: 'execute_code', arguments: { code } };
    const ended = await client.callTool(call, { signal }).then(
      () => 'answered',
      () => 'cancelled',
    );
    if (ended !== 'cancelled') throw new Error('a run that was cancelled went on');
  }

  /** A run that waits for a person; the model refuses, or leaves it. */
  async wait(): Promise<void> {
    const code = `import { list } from './servers/ledger';
try { return await list({}); } catch (error) { return error.code; }`;
    const answer = await this.#run(code);
    this.#same(answer, 'status', 'suspended');
    if (this.#next() < 0.3) return;
    const { runId } = answer;
    const ended = await this.#tool('resume_run', { runId, decision: 'refuse' });
    this.#same(ended, 'value', 'NOT_ALLOWED');
  }

  async wrong(): Promise<void> {
    const answer = await this.#run(`${runsBesides}return add({ entry: ${this.#count} });`);
    // On a busy machine the check can take too long; then the answer says so, and the call is refused.
    const unchecked = answer.notes?.some((note: string) => note.includes('not checked'));
    this.#same(answer.error, 'code', unchecked ? 'INVALID_PARAMS' : 'TYPE_ERROR');
  }

  async search(): Promise<void> {
    const { hits } = await this.#tool('search_tools', { query: 'add an entry to the ledger' });
    this.#same(hits[0], 'tool', 'add');
  }

  async read(): Promise<void> {
    const { runId } = await this.#run(`return 'read me ${this.#count}'`);
    const client = await this.#connected();
    const { contents } = await client.readResource({ uri: `run://${runId}/result` });
    const text = JSON.stringify(contents);
    if (!text.includes(`read me ${this.#count}`)) throw new Error(`the resource is ${text}`);
  }

  async leave(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.close();
  }

  async #connected(): Promise<Client> {
    if (this.#client !== undefined) return this.#client;
    const mode = this.#next() < 0.5 ? 'legacy' : { pin: '2026-07-28' };
    const client = new Client(
      { name: this.#name, version: '1.0.0' },
      { versionNegotiation: { mode: mode as 'legacy' } },
    );
    const headers = { authorization: `Bearer ${this.#token}` };
    const transport = new StreamableHTTPClientTransport(new URL(this.#url), {
      requestInit: { headers },
    });
    await client.connect(transport);
    this.#client = client;
    return client;
  }

  async #tool(name: string, args: object): Promise<Answer> {
    const client = await this.#connected();
    const result = await client.callTool({ name, arguments: { ...args } });
    return result.structuredContent;
  }

  #run(code: string, more: object = {}): Promise<Answer> {
    return this.#tool('execute_code', { code, session: `s${this.#count % 20}`, ...more });
  }

  #same(answer: Answer, member: string, wanted: unknown): void {
    const [found, right] = [answer?.[member], wanted].map((one) => JSON.stringify(one));
    if (found === right) return;
    throw new Error(
      `${member} is ${found}, not ${right}: ${JSON.stringify(answer)?.slice(0, 300)}`,
    );
  }
}
