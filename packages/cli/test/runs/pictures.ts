import { profiles } from '@org/core';
import { receiptOf } from '@org/runs';
import type { PicturedCall, PicturedRun } from '../../src/runs/page/pictured-run.ts';

const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onclick='alert(1)",
  '</style><style>@import "http://example.com/x.css";',
  '</svg></a></title></pre><iframe src="http://example.com">',
  '<!--',
  ']]>',
  '&lt;script&gt;',
  '\u202Egnp.exe',
  '\u001B[2Jclear\u0000',
  '__proto__',
  'javascript:alert(1)',
  '\uD800',
];

export function call(id: number, over: Partial<PicturedCall> = {}): PicturedCall {
  const times = { from: id * 10, to: id * 10 + 5 };
  const rest = { bytes: 12, args: '{}', answer: '1', line: undefined };
  return { id, name: 'tools.greet', status: 'done', ...times, ...rest, ...over };
}

export function picture(over: Partial<PicturedRun> = {}): PicturedRun {
  return {
    runId: 'a-run',
    program: 'report.ts',
    status: 'returned',
    startedAt: 1_760_000_000_000,
    facts: [],
    advice: [],
    calls: [],
    steps: [],
    samples: [],
    logs: [],
    ending: undefined,
    source: undefined,
    receipt: undefined,
    ...over,
  };
}

export const receipt = receiptOf(
  {
    ...{ status: 'returned', value: null, logs: [], runId: 'a-run' },
    calls: hostile.map((tool) => ({
      ...{ server: '<b>', tool, ms: 3, bytes: 400, cached: false, status: 'done' },
    })),
    usage: {
      ...{ fuel: 1_000, memoryBytes: 2 ** 24, wallMs: 30, toolCalls: 13, cacheHits: 0 },
      ...{ bytesFromTools: 5_200, bytesReturned: 400 },
    },
  },
  profiles.moderate,
);

export const everywhere = picture({
  program: hostile.join(''),
  status: hostile.join(' '),
  facts: hostile.map((text) => [text, text] as const),
  advice: hostile,
  calls: hostile.map((text, index) =>
    call(index + 1, {
      ...{ name: text, args: text, answer: text, line: index + 1 },
      ...{ to: 1_000, status: text as PicturedCall['status'] },
    }),
  ),
  steps: [20, 1_000],
  samples: [
    { at: 0, fuel: 1, memoryBytes: 1 },
    { at: 9, fuel: 5, memoryBytes: 3 },
  ],
  logs: hostile.map((message) => ({
    ...{ level: message as 'info', message, fields: { [message]: message } },
  })),
  ending: hostile.join('\n'),
  source: hostile.join('\n'),
  receipt,
});
