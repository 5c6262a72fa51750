import { createHash } from 'node:crypto';
import { Validator } from '@cfworker/json-schema';
import { exceededBound, type JsonValue, resolveLimits, SandboxError } from '@org/core';
import type { DocumentCall, RunDocument } from '../run-document.ts';
import type { BroughtRun, JournalEntry } from '../run-store.ts';
import { documentSchema } from './document-schema.ts';

/** A run has up to millions of answers; each of its values is within the bounds of a value. */
const bounds = { depth: 300, containers: 4_000_000 };

let validator: Validator | undefined;

/**
 * Reads what `Runs.export` gives, from anywhere. What would act on this machine is left out: rules
 * and files that the run was begun with, whose run it was, what people have decided about its calls,
 * and the frozen program, in place of which the journal is gone through again.
 * @throws SandboxError `STORE_DAMAGED` for what is no such document, `RUN_NOT_RESUMABLE` for one that
 * cannot go on elsewhere
 */
export function parseRunDocument(text: string): BroughtRun {
  const bound = exceededBound(text, bounds);
  if (bound !== undefined) throw damaged(bound === 'depth' ? 'it is too deep' : 'it is too large');
  const { run, program } = checked(text);
  const { status, outcome, journal, logs, incomplete } = run;
  const { calls, steps } = journal;
  const isOpen = status === 'suspended' || status === 'lost';
  if (isOpen && run.parent?.as === 'plan') {
    throw refused('it carries out a plan, and goes on only where that plan is');
  }
  if (isOpen && incomplete) throw refused('its journal has passed the cap');
  const bytes = program === undefined ? undefined : base64(program, 'the program');
  const digest = bytes && createHash('sha256').update(bytes).digest('hex');
  if (digest !== run.programDigest) throw damaged('the program is not the one of its digest');
  if (isOpen ? outcome !== undefined && outcome.status !== 'suspended' : outcome?.status !== status)
    throw damaged('its outcome is not that of its status');
  if (outcome !== undefined && outcome.runId !== run.runId) throw damaged('its ids differ');
  checkOrder(calls, steps);
  const { session, entry, source, limits } = run;
  return {
    run: {
      ...{ runId: run.runId, name: run.name, mode: run.mode, args: run.args, seed: run.seed },
      ...{ startTime: run.startTime, engineDigest: run.engineDigest },
      ...(bytes && { program: bytes }),
      ...(source !== undefined && { source }),
      ...(entry !== undefined && { entry }),
      ...(session !== undefined && { session }),
      ...(limits && { limits: limitsOf(limits) }),
    },
    createdAt: Math.min(run.createdAt, Date.now()),
    status: isOpen ? 'suspended' : status,
    ...(outcome && { outcome }),
    incomplete,
    entries: [...entriesOf(calls, steps), ...logs.map((log) => ({ type: 'log' as const, log }))],
  };
}

type Checked = RunDocument & {
  readonly run: { readonly status: Exclude<RunDocument['run']['status'], 'running'> };
};

function checked(text: string): Checked {
  let document: JsonValue;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw damaged('it is no JSON', cause);
  }
  validator ??= new Validator(documentSchema, '2020-12');
  const { valid, errors } = validator.validate(document);
  if (valid) return document as unknown as Checked;
  const at = errors.at(-1)?.instanceLocation ?? '#';
  throw damaged(`${at === '#' ? 'the document' : at.slice(0, 100)} is not what it has to be`);
}

/** Calls are numbered as they were made; steps hand in answers that there are, each once. */
function checkOrder(calls: readonly DocumentCall[], steps: Steps): void {
  const open = new Set<number>();
  calls.forEach(({ id, madeAfter, answer }, index) => {
    const before = calls[index - 1]?.madeAfter ?? 0;
    if (id !== index + 1 || madeAfter < before || madeAfter > steps.length) {
      throw damaged(`the call ${index + 1} is out of order`);
    }
    if (answer !== undefined) open.add(id);
  });
  for (const { answers } of steps) {
    for (const id of answers) {
      if (!open.delete(id)) throw damaged(`the answer ${id} is handed in and is not there`);
    }
  }
}

type Steps = RunDocument['run']['journal']['steps'];

function* entriesOf(calls: readonly DocumentCall[], steps: Steps): Generator<JournalEntry> {
  const made = Map.groupBy(calls, ({ madeAfter }) => madeAfter);
  for (let done = 0; done <= steps.length; done++) {
    for (const call of made.get(done) ?? []) yield* entriesOfCall(call);
    const step = steps[done];
    if (step !== undefined) yield { type: 'stepped', step };
  }
}

function* entriesOfCall(call: DocumentCall): Generator<JournalEntry> {
  const { id, name, args, sent, answer, record, warning, blobs } = call;
  yield { type: 'called', call: { id, name, args } };
  if (sent) yield { type: 'sent', id };
  if (answer === undefined) return;
  const bytes = Object.entries(blobs ?? {}).map(
    ([handle, encoded]) => [handle, base64(encoded, handle)] as const,
  );
  yield {
    type: 'answered',
    answered: {
      ...{ id, answer },
      ...(record && { record }),
      ...(warning !== undefined && { warning }),
      ...(bytes.length > 0 && { blobs: new Map(bytes) }),
    },
  };
}

function limitsOf(limits: NonNullable<Checked['run']['limits']>) {
  try {
    return resolveLimits('permissive', limits);
  } catch (cause) {
    throw damaged('its limits are none', cause);
  }
}

function base64(text: string, what: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw damaged(`${what} is not base64`);
  return bytes;
}

function damaged(why: string, cause?: unknown): SandboxError {
  return new SandboxError('STORE_DAMAGED', `This is not the export of a run: ${why}.`, {
    hint: 'Write it again with mcp-cli run export.',
    ...(cause !== undefined && { cause }),
  });
}

function refused(why: string): SandboxError {
  return new SandboxError('RUN_NOT_RESUMABLE', `The run cannot be brought here: ${why}.`, {
    hint: 'Go on with it where it was begun, or run its program anew.',
  });
}
