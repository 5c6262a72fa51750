import { isJsonObject, type JsonObject, type JsonValue } from '@org/core';
import { FreshValues } from '../stub/fresh-values.ts';
import { makeStub, type Stub } from '../stub/stub.ts';
import { MadeUpValues } from './made-up-values.ts';
import type { Dependence, PlannedEffect, PlannedReads, PlanStop } from './plan.ts';

const mostEffects = 10_000;
const mostChars = 16 * 1024 * 1024;

type NewEffect = Pick<
  PlannedEffect,
  'kind' | 'by' | 'server' | 'tool' | 'params' | 'definitionDigest'
>;

/** What a program that is being planned has meant to do so far. */
export class Effects {
  readonly #fresh: FreshValues;
  readonly #madeUp: MadeUpValues;
  /** By the place of the call among all. */
  readonly #effects = new Map<number, NewEffect & { readonly dependsOn: readonly Dependence[] }>();
  readonly #reads = new Map<string, { calls: number; madeUp: number }>();
  readonly #stopped = Promise.withResolvers<void>();
  #stop: PlanStop | undefined;
  #places = 0;
  #chars = 0;

  /** @param seed text from which the made-up values follow */
  constructor(seed: string) {
    this.#fresh = new FreshValues(seed);
    this.#madeUp = new MadeUpValues(this.#fresh);
  }

  /** Resolves when the program cannot go on. */
  get stopped(): Promise<void> {
    return this.#stopped.promise;
  }

  get stop(): PlanStop | undefined {
    return this.#stop;
  }

  /** The place of a call; taken as the program makes it. */
  take(): number {
    this.#places++;
    return this.#places;
  }

  /** Whether what was made up is passed on in it. */
  dependsOnMadeUp(params: JsonValue): boolean {
    return this.#madeUp.dependences(params).length > 0;
  }

  /** @returns false when the plan is full, and the program stops */
  add(place: number, effect: NewEffect): boolean {
    this.#chars += JSON.stringify(effect.params).length;
    if (this.#effects.size >= mostEffects || this.#chars > mostChars) {
      this.end({ because: 'A plan has at most 10,000 effects and 16 MiB of parameters.' });
      return false;
    }
    this.#effects.set(place, { ...effect, dependsOn: this.#madeUp.dependences(effect.params) });
    return true;
  }

  /** An answer for the call at `place`, which is recognised when it is passed on. */
  answer(place: number, schema: JsonObject): Stub {
    const stub = makeStub(schema, this.#fresh);
    if (stub.made) this.#madeUp.keep(place, stub.value);
    return stub;
  }

  read(server: string, tool: string, madeUp: boolean): void {
    const key = JSON.stringify([server, tool]);
    const counts = this.#reads.get(key) ?? { calls: 0, madeUp: 0 };
    this.#reads.set(key, counts);
    counts.calls++;
    if (madeUp) counts.madeUp++;
  }

  /** The program goes no further. The first reason holds. */
  end(stop: PlanStop): void {
    this.#stop ??= stop;
    this.#stopped.resolve();
  }

  /** Numbered from 1 in the order in which the program made them. */
  get listed(): readonly PlannedEffect[] {
    const places = [...this.#effects.keys()].sort((one, other) => one - other);
    const numbers = new Map(places.map((place, index) => [place, index + 1]));
    return places.map((place) => {
      const { dependsOn, ...rest } = this.#effects.get(place) as NewEffect & {
        readonly dependsOn: readonly Dependence[];
      };
      const renumbered = dependsOn.map((one) => ({ ...one, parts: renumber(one.parts, numbers) }));
      return {
        effect: numbers.get(place) as number,
        ...rest,
        dependsOn: renumbered,
        asks: renumbered.some(({ parts }) => parts.length === 0),
      };
    });
  }

  get reads(): readonly PlannedReads[] {
    return [...this.#reads].map(([key, counts]) => {
      const [server, tool] = JSON.parse(key) as [string, string];
      return { server, tool, ...counts };
    });
  }
}

/** A part of the answer to a read that was made up has no effect to refer to. */
function renumber(
  parts: Dependence['parts'],
  numbers: ReadonlyMap<number, number>,
): Dependence['parts'] {
  const renumbered = parts.map((part) => {
    if (typeof part === 'string') return part;
    const effect = numbers.get(part.effect);
    return effect === undefined ? undefined : { ...part, effect };
  });
  return renumbered.includes(undefined) ? [] : (renumbered as Dependence['parts']);
}

/** Parameters as a plan has them; undefined for what is no object. */
export function paramsOf(paramsJson: string): JsonObject | undefined {
  const params: unknown = JSON.parse(paramsJson);
  return isJsonObject(params) ? params : undefined;
}
