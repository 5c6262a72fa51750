import type { ObservedTypes, ObservedTypesOf } from '@org/codegen';
import type { ResultObserver, ServerCatalog } from '@org/core';

/** What programs of a session find of types: the operator's, and over them what it learned itself. */
export interface SessionLearning {
  readonly observer: ResultObserver;
  typesOf(catalog: ServerCatalog): Promise<ObservedTypesOf>;
  /** Keeps what was seen since the last time. Never rejects. */
  flush(): Promise<void>;
}

/**
 * @param operators learned at the operator's own command line; nothing is added to it here
 * @param own of the session alone
 */
export function sessionLearning(
  operators: Pick<ObservedTypes, 'typesOf'>,
  own: ObservedTypes,
): SessionLearning {
  return {
    observer: own,
    typesOf: async (catalog) =>
      new Map([...(await operators.typesOf(catalog)), ...(await own.typesOf(catalog))]),
    flush: () => own.flush(),
  };
}
