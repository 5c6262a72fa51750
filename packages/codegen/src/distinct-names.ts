export interface NameRequest<Key> {
  readonly key: Key;
  readonly wanted: string;
  /** A name that fits as it is goes before those that had to be changed. */
  readonly exact: boolean;
}

export interface DistinctNamesOptions {
  /** Names that fold to the same text count as the same. Default: the name itself. */
  readonly fold?: (name: string) => string;
  /** Folded names that nobody gets. */
  readonly taken?: Iterable<string>;
  readonly maxLength?: number;
}

/**
 * Gives each request a name of its own: the wanted one, or that with `_2`, `_3`, … The order of the
 * requests decides, exact ones first, so sort them.
 */
export function distinctNames<Key>(
  requests: readonly NameRequest<Key>[],
  options: DistinctNamesOptions = {},
): Map<Key, string> {
  const fold = options.fold ?? ((name: string) => name);
  const maxLength = options.maxLength ?? Infinity;
  const taken = new Set(options.taken);
  const names = new Map<Key, string>();
  const claim = (key: Key, name: string): boolean => {
    if (taken.has(fold(name))) return false;
    taken.add(fold(name));
    names.set(key, name);
    return true;
  };
  const exact = requests.filter((request) => request.exact);
  const changed = requests.filter((request) => !request.exact);
  const refused = exact.filter(({ key, wanted }) => !claim(key, wanted));
  const nextNumber = new Map<string, number>();
  for (const { key, wanted } of [...refused, ...changed]) {
    if (claim(key, wanted)) continue;
    let number = nextNumber.get(fold(wanted)) ?? 2;
    for (; ; number++) {
      const suffix = `_${number}`;
      if (claim(key, wanted.slice(0, maxLength - suffix.length) + suffix)) break;
    }
    nextNumber.set(fold(wanted), number + 1);
  }
  return names;
}
