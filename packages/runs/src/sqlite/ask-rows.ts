import { type JsonValue, SandboxError } from '@org/core';
import type { Ask, AskDecision, NewAsk } from '../ask.ts';
import type { Database } from './database.ts';

interface AskRow {
  readonly id: number;
  readonly run_id: string;
  readonly call: number;
  readonly kind: Ask['kind'];
  readonly sendings: number | null;
  readonly server: string;
  readonly tool: string;
  readonly params: string;
  readonly definition: string | null;
  readonly asked_at: number;
  readonly verdict: AskDecision['verdict'] | null;
  readonly decided_at: number | null;
  readonly decided_by: string | null;
  readonly terms: string | null;
}

const select = 'SELECT asks.*, runs.run_id FROM asks JOIN runs ON runs.id = asks.run';

/** Questions about calls, of all runs of a store. */
export class AskRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The open one about the call, or a new one. @param run row of its run */
  add(run: number, ask: NewAsk): Ask {
    const database = this.#database;
    return database.transaction(() => {
      const open = database.get<AskRow>(
        `${select} WHERE asks.run = ? AND call = ? AND verdict IS NULL`,
        run,
        ask.callId,
      );
      if (open !== undefined) return this.#toAsk(open);
      const askedAt = Date.now();
      database.run(
        `INSERT INTO asks (run, call, kind, sendings, server, tool, params, definition, asked_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[run, ask.callId, ask.kind, ask.sendings ?? null, ask.server, ask.tool],
        ...[ask.paramsJson, ask.definitionDigest ?? null, askedAt],
      );
      return { ...ask, askedAt };
    });
  }

  /** @throws SandboxError `RUN_NOT_FOUND`, `USAGE` */
  decide(runId: string, callId: number, decision: AskDecision): Ask {
    const database = this.#database;
    return database.transaction(() => {
      const row = database.get<AskRow>(
        `${select} WHERE run_id = ? AND call = ? ORDER BY asks.id DESC LIMIT 1`,
        runId,
        callId,
      );
      if (row === undefined) {
        throw new SandboxError(
          'RUN_NOT_FOUND',
          `Nothing is asked about call ${callId} of the run ${runId}.`,
          { hint: 'See which questions are open.' },
        );
      }
      if (row.verdict === decision.verdict) return this.#toAsk(row);
      if (row.verdict !== null) {
        throw new SandboxError(
          'USAGE',
          `Cannot decide on call ${callId} of the run ${runId}: it is ${row.verdict} already.`,
        );
      }
      const { verdict, decidedAt, decidedBy, terms } = decision;
      database.run(
        'UPDATE asks SET verdict = ?, decided_at = ?, decided_by = ?, terms = ? WHERE id = ?',
        ...[verdict, decidedAt, decidedBy],
        terms === undefined ? null : JSON.stringify(terms),
        row.id,
      );
      const { decision: _, ...ask } = this.#toAsk(row);
      return { ...ask, decision };
    });
  }

  ofRun(runId: string): Ask[] {
    const rows = this.#database.all<AskRow>(`${select} WHERE run_id = ? ORDER BY asks.id`, runId);
    return rows.map((row) => this.#toAsk(row));
  }

  open(): Ask[] {
    const rows = this.#database.all<AskRow>(`${select} WHERE verdict IS NULL ORDER BY asks.id`);
    return rows.map((row) => this.#toAsk(row));
  }

  #toAsk(row: AskRow): Ask {
    const { sendings, definition, verdict, decided_at, decided_by, terms } = row;
    return {
      runId: row.run_id,
      callId: row.call,
      kind: row.kind,
      server: row.server,
      tool: row.tool,
      paramsJson: row.params,
      askedAt: row.asked_at,
      ...(sendings !== null && { sendings }),
      ...(definition !== null && { definitionDigest: definition }),
      ...(verdict !== null && {
        decision: {
          verdict,
          decidedAt: decided_at ?? 0,
          decidedBy: decided_by ?? '',
          ...(terms !== null && { terms: this.#database.parse<JsonValue>(terms) }),
        },
      }),
    };
  }
}
