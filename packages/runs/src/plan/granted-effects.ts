import { type JsonValue, type RecordedRun, SandboxError } from '@org/core';
import { type Match, matchEffect } from './effect-match.ts';
import { paramsOf } from './effects.ts';
import type { Plan, PlannedEffect } from './plan.ts';

/** Something that a run is about to do. */
export type MadeEffect = Pick<
  PlannedEffect,
  'kind' | 'by' | 'server' | 'tool' | 'params' | 'definitionDigest'
>;

export interface GrantedEffect {
  readonly effect: PlannedEffect;
  /** `asks`: a person has to look at it before. */
  readonly match: Exclude<Match, 'other'>;
}

/** The effects of a plan that a run may still have, each of them once. */
export class GrantedEffects {
  readonly #plan: Plan;
  readonly #left: Map<string, Set<PlannedEffect>>;
  readonly #byCall = new Map<number, GrantedEffect>();
  readonly #answers = new Map<number, JsonValue>();

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#left = new Map();
    for (const effect of plan.effects) {
      const key = toolKey(effect);
      const same = this.#left.get(key) ?? new Set();
      this.#left.set(key, same.add(effect));
    }
  }

  /**
   * Takes the planned effect that this one is.
   * @param callId number of the host call; the same call gets the same effect again, so that it can
   * be made again where it was taken back
   * @throws SandboxError `NOT_IN_PLAN`
   */
  take(made: MadeEffect, callId?: number): GrantedEffect {
    const before = callId === undefined ? undefined : this.#byCall.get(callId);
    const granted = before ?? this.#find(made);
    if (granted === undefined) throw this.#notInPlan(made);
    this.#keep(granted, callId);
    return granted;
  }

  #keep(granted: GrantedEffect, callId: number | undefined): void {
    this.#left.get(toolKey(granted.effect))?.delete(granted.effect);
    if (callId !== undefined) this.#byCall.set(callId, granted);
  }

  /** Gives an effect back that was not let through after all. */
  giveBack({ effect }: GrantedEffect, callId: number | undefined): void {
    this.#left.get(toolKey(effect))?.add(effect);
    if (callId !== undefined) this.#byCall.delete(callId);
  }

  answered({ effect }: GrantedEffect, answer: JsonValue): void {
    this.#answers.set(effect.effect, answer);
  }

  /** Takes what the run has done before it was interrupted: what was sent is not granted again. */
  restore(recorded: RecordedRun): void {
    for (const { id, name, args, sent, answer } of recorded.calls) {
      if (!sent) continue;
      if (name !== 'callTool') {
        this.#restoreExtension(name, args);
        continue;
      }
      const [server = '', tool = '', paramsJson = ''] = args;
      // What a program that was called has done by then is not on record.
      this.#withdraw(`${server}.${tool}`);
      const params = parsed(paramsJson);
      const granted = params && this.#find({ kind: 'call', server, tool, params });
      // A call that only reads.
      if (!granted) continue;
      this.#keep(granted, id);
      const value = answer?.ok ? parsedValue(answer.text) : undefined;
      if (value !== undefined) this.answered(granted, value);
    }
  }

  #restoreExtension(tool: string, [text = '']: readonly string[]): void {
    const args = parsedValue(text);
    if (args === undefined) return;
    const granted = this.#find({ kind: 'extension', tool, params: { args } });
    if (granted !== undefined) this.#keep(granted, undefined);
  }

  /** Takes away all that is done through a program. */
  #withdraw(name: string): void {
    for (const effects of this.#left.values()) {
      for (const effect of effects) if (effect.by?.[0] === name) effects.delete(effect);
    }
  }

  #find(made: MadeEffect): GrantedEffect | undefined {
    let asking: GrantedEffect | undefined;
    let dependent: GrantedEffect | undefined;
    for (const effect of this.#left.get(toolKey(made)) ?? []) {
      const { definitionDigest } = made;
      if (definitionDigest !== undefined && definitionDigest !== effect.definitionDigest) continue;
      const match = matchEffect(effect, made.params, this.#answers);
      if (match === 'exact' && effect.dependsOn.length === 0) return { effect, match };
      if (match === 'exact') dependent ??= { effect, match };
      if (match === 'asks') asking ??= { effect, match };
    }
    return dependent ?? asking;
  }

  #notInPlan(made: MadeEffect): SandboxError {
    const planned = this.#plan.effects.filter((one) => toolKey(one) === toolKey(made));
    const { definitionDigest } = made;
    const changed =
      definitionDigest !== undefined &&
      planned.length > 0 &&
      planned.every((one) => one.definitionDigest !== definitionDigest);
    const what = made.kind === 'call' ? 'This call' : `This ${made.tool}`;
    return new SandboxError(
      'NOT_IN_PLAN',
      changed
        ? `${what} is not made: the definition of its tool has changed since the plan was made.`
        : `${what} is not one of those that the approved plan has left.`,
      { hint: 'Do without it, or have a new plan made and approved.' },
    );
  }
}

function toolKey({ kind, by = [], server = '', tool }: MadeEffect): string {
  return JSON.stringify([kind, by, server, tool]);
}

function parsed(paramsJson: string) {
  try {
    return paramsOf(paramsJson);
  } catch {
    return undefined;
  }
}

function parsedValue(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
