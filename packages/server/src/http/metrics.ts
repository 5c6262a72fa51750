import { plainText, type RunOutcome } from '@org/core';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { BoundedNames } from './bounded-names.ts';

/** What the server counts, and what it asks for when somebody reads it. */
export interface ServerMetrics {
  /** The text that Prometheus reads, and its content type. */
  read(): Promise<{ readonly text: string; readonly contentType: string }>;
  /** @param route one of a fixed set @param seconds left out for a stream */
  request(route: string, method: string, status: number, seconds: number | undefined): void;
  /** @param why one of a fixed set, such as `host` or `token` */
  refusal(why: string): void;
  bytes(direction: 'in' | 'out', count: number): void;
  run(outcome: RunOutcome): void;
  /** Has `name` tell what `now` gives at the time of reading. */
  gauge(name: GaugeName, now: () => number): void;
}

export type GaugeName = keyof typeof gauges;

const prefix = 'mcp_cli_';

const gauges = {
  sessions: 'Sessions of clients that made the handshake of 2025-11-25.',
  connections: 'Open connections.',
  requests_in_flight: 'Requests that were not answered yet.',
  runs_in_flight: 'Runs that have not ended.',
  runs_queued: 'Runs that wait for a free worker.',
} as const;

const methods = new Set(['GET', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PUT', 'PATCH']);
/** The most that a run may take is two minutes unless the operator allows more. */
const runSeconds = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 120, 300];
const requestSeconds = [0.005, 0.05, 0.1, 0.5, 1, 5, 30, 120, 300];

/** Of tools that programs called; each costs a series for each status. */
const maxTools = 1_000;

export function createMetrics(): ServerMetrics {
  return new PrometheusMetrics();
}

class PrometheusMetrics implements ServerMetrics {
  readonly #registry = new Registry();
  readonly #tools = new BoundedNames(maxTools);
  readonly #requests = this.#counter('requests_total', 'HTTP requests.', [
    'route',
    'method',
    'status',
  ]);
  readonly #requestSeconds = this.#histogram(
    'request_duration_seconds',
    'From the headers of a request to the end of its answer; streams are left out.',
    requestSeconds,
    ['route'],
  );
  readonly #refusals = this.#counter('refusals_total', 'Requests refused before MCP saw them.', [
    'reason',
  ]);
  readonly #bytes = this.#counter('http_bytes_total', 'Bytes of connections that have ended.', [
    'direction',
  ]);
  readonly #runs = this.#counter('runs_total', 'Runs by how they ended.', ['outcome']);
  readonly #fuel = this.#counter('run_fuel_total', 'Fuel that runs have used.', []);
  readonly #runSeconds = this.#histogram(
    'run_duration_seconds',
    'From the start of a run to its end.',
    runSeconds,
    [],
  );
  readonly #toolBytes = this.#counter('tool_bytes_total', 'Answers of tools, as JSON text.', []);
  readonly #returnedBytes = this.#counter('returned_bytes_total', 'Results of runs.', []);
  readonly #calls = this.#counter('tool_calls_total', 'Tool calls by how they ended.', [
    'server',
    'tool',
    'status',
  ]);

  async read() {
    const { contentType } = this.#registry;
    return { text: await this.#registry.metrics(), contentType };
  }

  request(route: string, method: string, status: number, seconds: number | undefined): void {
    const known = methods.has(method) ? method : 'other';
    this.#requests.inc({ route, method: known, status: String(status) });
    if (seconds !== undefined) this.#requestSeconds.observe({ route }, seconds);
  }

  refusal(reason: string): void {
    this.#refusals.inc({ reason });
  }

  bytes(direction: 'in' | 'out', count: number): void {
    this.#bytes.inc({ direction }, count);
  }

  run(outcome: RunOutcome): void {
    const { usage, status: ended } = outcome;
    this.#runs.inc({ outcome: ended });
    // It goes on later, and has told the same again when it ends.
    if (ended === 'suspended') return;
    this.#fuel.inc({}, usage.fuel);
    this.#runSeconds.observe({}, usage.wallMs / 1_000);
    this.#toolBytes.inc({}, usage.bytesFromTools);
    this.#returnedBytes.inc({}, usage.bytesReturned);
    for (const { server, tool, status } of outcome.calls) {
      // A program makes up names as it likes; those of answered calls are real.
      const isReal = status === 'done' || status === 'unknown';
      this.#calls.inc({
        ...this.#tools.labelsOf(plainText(server), plainText(tool), isReal),
        status,
      });
    }
  }

  gauge(name: GaugeName, now: () => number): void {
    new Gauge({
      name: `${prefix}${name}`,
      help: gauges[name],
      registers: [this.#registry],
      collect() {
        this.set(now());
      },
    });
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[]) {
    return new Counter({ name: `${prefix}${name}`, help, labelNames, registers: [this.#registry] });
  }

  #histogram<Label extends string>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: Label[],
  ) {
    return new Histogram({
      name: `${prefix}${name}`,
      help,
      buckets,
      labelNames,
      registers: [this.#registry],
    });
  }
}
