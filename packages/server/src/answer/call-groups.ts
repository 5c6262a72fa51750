import { type CallRecord, plainText } from '@org/core';
import { fitting } from '../shape/fitting.ts';

/** Calls of one tool that ended alike. */
export interface CallGroup {
  /** `<server>.<tool>` */
  readonly call: string;
  readonly status: CallRecord['status'];
  readonly count: number;
}

const maxGroups = 20;
const maxName = 150;
const order: readonly CallRecord['status'][] = ['unknown', 'failed', 'refused', 'done'];

export interface CallGroups {
  /** At most 20, and about as many as fit; those that took no known effect first. */
  readonly groups: readonly CallGroup[];
  readonly moreGroups: number;
}

/** @param tokens that the groups may take; the first one is there in any case */
export function groupCalls(calls: readonly CallRecord[], tokens: number): CallGroups {
  const counts = new Map<string, CallGroup>();
  for (const { server, tool, status } of calls) {
    const call = plainText(`${server}.${tool}`).slice(0, maxName);
    const key = `${status} ${call}`;
    counts.set(key, { call, status, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  const groups = [...counts.values()].sort(
    (a, b) => order.indexOf(a.status) - order.indexOf(b.status),
  );
  const listed = fitting(groups.slice(0, maxGroups), tokens);
  return { groups: listed, moreGroups: groups.length - listed.length };
}

/** Such as `github.create_issue: 3 done`. */
export function describeGroup({ call, status, count }: CallGroup): string {
  return `${call}: ${count} ${status}`;
}
