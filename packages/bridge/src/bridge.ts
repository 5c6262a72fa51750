import {
  type CallContext,
  type CallPreviewer,
  type CatalogSource,
  type ContentFilter,
  type ResultObserver,
  SandboxError,
  type ServerCatalog,
  type ServerId,
  type ServerMethod,
  type ToolCall,
  type ToolCaller,
  type ToolCallOutcome,
  type ToolDefinition,
} from '@org/core';
import pLimit, { type LimitFunction } from 'p-limit';
import { notSent } from './abort.ts';
import { Approvals, type ApprovalsOptions, memoryApprovals } from './approvals.ts';
import { auditCalls } from './audit.ts';
import { putBlobs } from './blobs.ts';
import { defaultReconnect } from './breaker.ts';
import type { Checked, InnerCall, InnerOptions, Leaving, Told } from './bridge-call.ts';
import { type BridgeCaps, resolveCaps } from './bridge-caps.ts';
import type { Bridge, BridgeOptions, ClientRules, PinnedBridge } from './bridge-options.ts';
import { failed, freshness, outcomeOf, refused } from './call-outcome.ts';
import { type CallView, decide, mayAskFor, type Pins, pin, viewFor } from './call-view.ts';
import { configuredFilter } from './filter/configured-filter.ts';
import { filterCalls } from './filter/filtered-calls.ts';
import { hiddenBridgeEvents, hiddenServerEvents, hideInEvents } from './filter/filtered-events.ts';
import { deniedTool, findTool, notAllowed, unknownServer } from './lookup.ts';
import { explainRejected } from './method-failure.ts';
import { ask } from './method-request.ts';
import { type Learnable, learnable, observeCalls } from './observed-calls.ts';
import { Policy } from './policy.ts';
import { previewCall } from './preview.ts';
import { RateLimits } from './rate-limit.ts';
import { memoryRates } from './rate-store.ts';
import { type Answer, ResultCache } from './result-cache.ts';
import { ResultChecks } from './result-check.ts';
import { memoryResults } from './result-store.ts';
import { type Attempt, Deadline, mayRepeat, withRetries } from './retry.ts';
import { type Connected, closedError } from './server-connection.ts';
import type { ServerEntry } from './server-entry.ts';
import { ServerPool, type ServerStatus } from './server-pool.ts';
import { inSlot } from './slot.ts';
import { checkParams, parseParams } from './tool-params.ts';
import { TraitsOfTools } from './tool-traits.ts';
import { type Answered, type Approval, notTrusted, refusals } from './verdict.ts';
import { WaitingCalls } from './waiting.ts';

/**
 * A reply holds its value up to twice, as structure and as quoted text, and quoting can double it.
 */
const frameFactor = 3;

/**
 * @throws SandboxError `UNKNOWN_SERVER`: a rule names a server that is not configured; `USAGE`: a
 * pattern that cannot be used, or a cap that is not a whole number from 1 to 2,147,483,647
 */
export function createBridge(options: BridgeOptions): Bridge {
  return new ServerBridge(options);
}

class ServerBridge implements Bridge {
  readonly tellsSent = true;
  readonly servers: readonly ServerId[];
  readonly #configured: ReadonlyMap<string, ServerEntry>;
  readonly #caps: BridgeCaps;
  readonly #pools: ReadonlyMap<string, ServerPool>;
  readonly #slots: ReadonlyMap<string, LimitFunction>;
  readonly #view: CallView;
  readonly #traits: TraitsOfTools;
  readonly #approvals: Pick<ApprovalsOptions, 'approver' | 'onEvent'>;
  readonly #cache: ResultCache;
  readonly #rates: RateLimits;
  readonly #waiting: WaitingCalls;
  readonly #results: ResultChecks;
  readonly #closed = new AbortController();
  /** Made once for all calls of a run. */
  readonly #signals = new WeakMap<AbortSignal, AbortSignal>();
  readonly #observe: (inner: InnerCall, observer?: ResultObserver) => ToolCaller['callTool'];
  readonly #filter: ContentFilter | undefined;
  /** Catalogs that calls were made by. */
  readonly #used: Pins = new Map();
  readonly callTool: ToolCaller['callTool'];
  readonly preview: CallPreviewer['preview'];
  #closing: Promise<void> | undefined;

  constructor(options: BridgeOptions) {
    const { servers, introspect, allow, ask, deny, caps = {}, approver } = options;
    const { approvals = memoryApprovals() } = options;
    const { results = memoryResults(), principal = '', rateStore = memoryRates() } = options;
    const { onServerEvent, oauth, admit } = options;
    const entries = 'servers' in servers ? servers.servers : servers;
    const rules = options.policy ?? ('policy' in servers ? servers.policy : {});
    const ids = entries.map(({ id }) => id);
    const hide = hideInEvents(options.filter, entries);
    const onEvent = hiddenBridgeEvents(hide, options.onEvent ?? (() => {}));
    this.#configured = new Map(entries.map((entry) => [entry.id, entry]));
    this.#caps = resolveCaps(caps);
    const own = { ...(allow && { allow }), ...(ask && { ask }), ...(deny && { deny }) };
    this.#traits = new TraitsOfTools(rules, ids);
    const policies = [new Policy(rules, ids, this.#traits), new Policy(own, ids)];
    this.#approvals = { approver, onEvent };
    this.#cache = new ResultCache(results, rules);
    this.#results = new ResultChecks(rules, onEvent);
    this.#waiting = new WaitingCalls(onEvent);
    this.#rates = new RateLimits(rules, ids, rateStore, this.#waiting);
    const usable = entries.filter(
      ({ id, disabled }) => !disabled && policies.every((policy) => policy.mayUse(id)),
    );
    this.servers = Object.freeze(usable.map(({ id }) => id).sort());
    this.#view = {
      ...{ principal, policies, servers: this.servers },
      approvals: new Approvals({ approver, store: approvals, onEvent }),
    };
    const { connectMs, resultBytes, parallelPerServer, connectionsPerServer, idleMs } = this.#caps;
    const maxFrameBytes = resultBytes * frameFactor + 64 * 1024;
    const reconnect = { ...defaultReconnect, ...options.reconnect };
    const connection = {
      ...{ introspect, admit, connectMs, maxFrameBytes, idleMs, oauth },
      onEvent: onServerEvent && hiddenServerEvents(hide, onServerEvent),
    };
    const poolOptions = { ...connection, reconnect, size: connectionsPerServer };
    this.#pools = new Map(usable.map((entry) => [entry.id, new ServerPool(entry, poolOptions)]));
    this.#slots = new Map(usable.map(({ id }) => [id, pLimit(parallelPerServer)]));
    this.#filter = options.filter ?? configuredFilter(usable);
    const learn = learnable(rules, ids);
    this.#observe = (inner, observer = options.observer) =>
      this.#around({ ...options, ...(observer && { observer }) }, learn, inner);
    this.callTool = this.#observe((call, inner) => this.#answer(call, inner, this.#view));
    this.preview = this.#previewer(this.#view);
  }

  /** The way of a call from outside to inside: trace, record, observe, filter, answer. */
  #around(
    { audit, telemetry, observer }: BridgeOptions,
    learn: Learnable,
    answer: InnerCall,
  ): ToolCaller['callTool'] {
    const filter = this.#filter;
    const filtered = filter === undefined ? answer : filterCalls(filter, answer);
    const observed = observer === undefined ? filtered : observeCalls(observer, learn, filtered);
    const audited = audit === undefined ? observed : auditCalls(audit, observed);
    const told: ToolCaller['callTool'] = async (call, inner) =>
      (await audited(call, inner)).outcome;
    return telemetry === undefined ? told : telemetry.trace(told);
  }

  async catalog(server: ServerId): Promise<ServerCatalog> {
    return this.#pool(server, this.#view).catalog();
  }

  permitted(catalog: ServerCatalog): ServerCatalog {
    return this.#permitted(catalog, this.#view);
  }

  #permitted(catalog: ServerCatalog, view: CallView): ServerCatalog {
    const { server } = catalog;
    const tools = catalog.tools.filter((tool) => decide(view, server, tool).action !== 'deny');
    return tools.length === catalog.tools.length ? catalog : { ...catalog, tools };
  }

  pinned(client?: ClientRules): PinnedBridge {
    const ids = [...this.#configured.keys()] as ServerId[];
    const of =
      client === undefined ? this.#view : viewFor(client, this.#view, this.#approvals, ids);
    const pins: Pins = new Map();
    const view = { ...of, pins };
    const catalog = async (server: ServerId) =>
      pins.get(server) ?? pin(pins, await this.#pool(server, view).catalog());
    const answer: InnerCall = (call, options) => this.#answer(call, options, view);
    return {
      servers: view.servers,
      tellsSent: true,
      permitted: (found) => this.#permitted(found, view),
      read: (server, work) => this.#read(server, work, view),
      status: (server) => this.#pool(server, view).status,
      isReadOnly: (server, tool) => this.isReadOnly(server, tool),
      mayRepeat: (server, name) => this.#mayRepeat(pins.get(server), name),
      catalog,
      callTool: this.#observe(answer, client?.observer),
      preview: this.#previewer(view),
    };
  }

  mayRepeat(server: string, name: string): boolean {
    return this.#mayRepeat(this.#used.get(server), name);
  }

  #mayRepeat(catalog: ServerCatalog | undefined, name: string): boolean {
    const tool = catalog?.tools.find((one) => one.name === name);
    if (catalog === undefined || tool === undefined) return false;
    return this.#traits.of(catalog.server, tool).idempotent;
  }

  #previewer(view: CallView): CallPreviewer['preview'] {
    return previewCall({
      ...{ caps: this.#caps, traits: this.#traits, filter: this.#filter },
      use: (server, signal) => this.#pool(server, view).use(signal),
      pinned: (catalog) => pin(view.pins, catalog),
      decide: (server, tool) => decide(view, server, tool),
      fieldNames: (server) => this.#configured.get(server)?.fieldNames,
    });
  }

  async read<Value>(
    server: ServerId,
    work: (source: CatalogSource) => Promise<Value>,
  ): Promise<Value> {
    return this.#read(server, work, this.#view);
  }

  async #read<Value>(
    server: ServerId,
    work: (source: CatalogSource) => Promise<Value>,
    view: CallView,
  ): Promise<Value> {
    using connected = await this.#pool(server, view).use();
    return await work(connected.session);
  }

  status(server: ServerId): ServerStatus {
    return this.#pool(server, this.#view).status;
  }

  isReadOnly(server: ServerId, tool: ToolDefinition): boolean {
    return this.#traits.of(server, tool).readOnly;
  }

  async #answer(call: ToolCall, options: InnerOptions, view: CallView): Promise<Answered> {
    if (this.#closed.signal.aborted) return { outcome: refused(closedError()) };
    const told: Told = {};
    try {
      const outcome = await this.#call(call, options, view, told);
      return { outcome, ...told };
    } catch (error) {
      const isRefusal = error instanceof SandboxError && refusals.has(error.code);
      if (isRefusal && error.code === 'NOT_TRUSTED') told.verdict = notTrusted;
      return { outcome: isRefusal ? refused(error) : failed(error), ...told };
    }
  }

  /** The order in which a call passes everything; docs/bridge.md has it as a table. */
  async #call(
    call: ToolCall,
    options: InnerOptions,
    view: CallView,
    told: Told,
  ): Promise<ToolCallOutcome> {
    const { signal, meta, sighting, onSent = () => {} } = options;
    const pool = this.#pool(call.server, view, told);
    const server = call.server as ServerId;
    const params = parseParams(call.paramsJson, this.#caps.paramsBytes);
    const { sent, put } = putBlobs(params, call.blobs, this.#caps.blobBytes);
    using connected = await pool.use(signal);
    const catalog = pin(view.pins, connected.catalog);
    this.#used.set(call.server, catalog);
    const tool = findTool(catalog, call.tool);
    const checked = { connected, server, tool, params, sent, put, view, meta, sighting };
    sighting?.begin(server, tool);
    const decision = decide(view, server, tool);
    told.verdict = decision;
    if (decision.action === 'deny') throw deniedTool(server, tool.name, decision.because);
    const { cacheable, readOnly } = this.#traits.of(server, tool);
    // What is kept was asked for with the same parameters, and they were checked then.
    if (!cacheable || decision.action === 'ask') checkParams(tool, sent);
    if (decision.action === 'ask') {
      const approval = await this.#approve(checked, decision.because, options);
      told.verdict = { ...decision, ...approval };
    }
    if (cacheable) {
      const read = { ...checked, principal: view.principal };
      return await this.#cache.read(read, { signal, onSent }, async (wanted, leave) => {
        checkParams(tool, sent);
        return this.#send(checked, wanted, leave);
      });
    }
    const send = () => this.#send(checked, signal, onSent);
    const { outcome } = await (readOnly ? send() : this.#cache.write(server, send));
    return outcome;
  }

  #approve(
    checked: Checked,
    because: string,
    { signal, context, givenJson }: InnerOptions,
  ): Promise<Approval> {
    const { server, tool, params, put: blobs, view } = checked;
    // Not the program's text: of two equal keys in it only the last one is sent.
    const paramsJson = JSON.stringify(params);
    const given = { ...(context && { context }), ...(givenJson !== undefined && { givenJson }) };
    const call = { server, tool, paramsJson, blobs, because, ...given };
    return view.approvals.require(call, this.#until(signal));
  }

  #send(checked: Checked, wanted: AbortSignal, onSent: () => void): Promise<Answer> {
    const signal = this.#until(wanted);
    const deadline = new Deadline(this.#caps.callMs);
    const leaving = { deadline, signal, onSent };
    const attempt = (connected: Connected) => this.#attempt(checked, connected, leaving);
    const retry = async () => {
      using connected = await this.#pool(checked.server, checked.view).use(signal);
      // What was decided holds for the definition that it was decided on.
      if (findTool(connected.catalog, checked.tool.name).digest !== checked.tool.digest) {
        throw notSent();
      }
      return await attempt(connected);
    };
    return withRetries(() => attempt(checked.connected), retry, { deadline, signal });
  }

  async #attempt(
    { server, tool, sent, view, meta, sighting }: Checked,
    connected: Connected,
    { deadline, signal, onSent }: Leaving,
  ): Promise<Attempt> {
    await this.#rates.take({ server, tool: tool.name, principal: view.principal }, signal);
    const slot = this.#slots.get(server) as LimitFunction;
    const { callMs, resultBytes } = this.#caps;
    const wait = () => this.#waiting.begin(server, tool.name, 'slot');
    return inSlot(slot, signal, wait, async () => {
      const { session } = connected;
      onSent();
      const timeoutMs = Math.max(1, Math.ceil(deadline.left()));
      const { inputSchema } = tool;
      const bounds = { signal, timeoutMs, inputSchema, ...(meta !== undefined && { meta }) };
      const asked = { server, session, name: tool.name, params: sent };
      const options = { ...bounds, maxBytes: resultBytes };
      const reply = await ask(asked, options);
      const results = this.#results;
      const mayList = (list: ServerMethod) => mayAskFor(view, server, list);
      const { fieldNames } = this.#configured.get(server) ?? {};
      const context = { tool, results, resultBytes, callMs, sighting, fieldNames };
      const outcome =
        (await explainRejected({ ...asked, reply, mayList }, options)) ??
        outcomeOf(reply, { ...connected, ...context });
      const { idempotent } = this.#traits.of(server, tool);
      const again = mayRepeat(reply, outcome, { idempotent, sessionGone: session.gone });
      return { outcome, again, ...freshness(reply) };
    });
  }

  /** Aborts with `signal`, and when the bridge closes. */
  #until(signal: AbortSignal): AbortSignal {
    let until = this.#signals.get(signal);
    if (until === undefined) {
      until = AbortSignal.any([signal, this.#closed.signal]);
      this.#signals.set(signal, until);
    }
    return until;
  }

  #pool(server: string, view: CallView, told: Told = {}): ServerPool {
    const pool = view.servers.some((id) => id === server) ? this.#pools.get(server) : undefined;
    if (pool !== undefined) return pool;
    const entry = this.#configured.get(server);
    if (entry === undefined) throw unknownServer(server, view.servers);
    const because = entry.disabled ? 'the server is disabled' : 'no rule that allows the server';
    told.verdict = { action: 'deny', because };
    throw notAllowed(server, entry.disabled, view.servers);
  }

  endSession(context: CallContext): void {
    this.#filter?.endSession(context);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#closed.abort();
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
    this.#filter?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
