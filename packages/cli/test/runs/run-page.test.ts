import { profiles } from '@org/core';
import { receiptOf } from '@org/runs';
import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { describe, expect, test } from 'vitest';
import type { PicturedCall, PicturedRun } from '../../src/runs/page/pictured-run.ts';
import { runPage } from '../../src/runs/page/run-page.ts';

type Element = DefaultTreeAdapterTypes.Element;

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

function call(id: number, over: Partial<PicturedCall> = {}): PicturedCall {
  const times = { from: id * 10, to: id * 10 + 5 };
  const rest = { bytes: 12, args: '{}', answer: '1', line: undefined };
  return { id, name: 'tools.greet', status: 'done', ...times, ...rest, ...over };
}

function picture(over: Partial<PicturedRun> = {}): PicturedRun {
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

/** Every element of the page, as a browser would build it. */
function elementsOf(page: string): Element[] {
  const found: Element[] = [];
  const waiting: DefaultTreeAdapterTypes.Node[] = [parse(page)];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if ('tagName' in node) found.push(node);
    if ('childNodes' in node) waiting.push(...[...node.childNodes].reverse());
  }
  return found;
}

function textOf(node: DefaultTreeAdapterTypes.Node): string {
  if ('value' in node) return node.value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
}

const attribute = ({ attrs }: Element, name: string): string | undefined =>
  attrs.find((one) => one.name === name)?.value;
const classed = (elements: readonly Element[], name: string) =>
  elements.filter((one) => attribute(one, 'class')?.split(' ').includes(name));

const receipt = receiptOf(
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

const everywhere = picture({
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

describe('runPage()', () => {
  test('has the same elements and attributes whatever the texts of the run are', () => {
    const harmless = JSON.parse(
      JSON.stringify(everywhere, (_, value) =>
        typeof value === 'string' ? value.replaceAll(/[^\n]/gu, 'a') : value,
      ),
    );
    const shape = (page: string) =>
      elementsOf(page).map(({ tagName, attrs }) => [tagName, attrs.map(({ name }) => name)]);
    expect(shape(runPage(everywhere))).toEqual(shape(runPage(harmless)));
  });

  test('runs nothing, loads nothing and links to itself only', () => {
    const elements = elementsOf(runPage(everywhere));
    const tags = new Set(elements.map(({ tagName }) => tagName));
    for (const tag of ['script', 'img', 'iframe', 'link', 'object', 'form', 'base']) {
      expect(tags).not.toContain(tag);
    }
    for (const { attrs } of elements) {
      for (const { name, value } of attrs) {
        expect(name).not.toMatch(/^on|^style$/u);
        if (/^(?:src|href|xlink:href|action|data)$/u.test(name)) {
          expect(value).toMatch(/^#[a-z]+(?:-\d+)?$/u);
        }
      }
    }
    const policy = elements.find((one) => attribute(one, 'http-equiv') !== undefined);
    expect(attribute(policy as Element, 'content')).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'$/u,
    );
  });

  test('its policy lets its own style sheet in', async () => {
    const elements = elementsOf(runPage(picture()));
    const styles = elements.filter(({ tagName }) => tagName === 'style');
    expect(styles).toHaveLength(1);
    const bytes = new TextEncoder().encode(textOf(styles[0] as Element));
    const hash = Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('base64');
    const policy = elements.find((one) => attribute(one, 'http-equiv') !== undefined);
    expect(attribute(policy as Element, 'content')).toContain(`'sha256-${hash}'`);
  });

  test('shows what cannot be seen by its code, and nothing that acts', () => {
    const page = runPage(everywhere);
    expect(page).toContain('\\u{202e}gnp.exe');
    expect(page).not.toMatch(
      /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\uD800-\uDFFF]/u,
    );
  });

  test('calls at one time lie below each other, and each leads to its arguments', () => {
    const calls = [
      call(1, { from: 0, to: 100, args: '{"first":1}' }),
      call(2, { from: 10, to: 90, status: 'unknown', answer: undefined }),
      call(3, { from: 110, to: 120, status: 'cached' }),
    ];
    const elements = elementsOf(runPage(picture({ calls })));
    const bars = classed(elements, 'bar');
    expect(bars.map((one) => attribute(one, 'class'))).toEqual([
      'bar done',
      'bar unknown',
      'bar cached',
    ]);
    const tops = bars.map((one) => Number(attribute(one.parentNode as Element, 'y')));
    expect(tops[1]).toBeGreaterThan(tops[0] as number);
    expect(tops[2]).toBe(tops[0]);
    const ids = new Map(elements.map((one) => [attribute(one, 'id'), one]));
    expect(textOf(ids.get('call-1') as Element)).toContain('{"first":1}');
    expect(ids.get('call-2')).toBeDefined();
  });

  test('every link leads somewhere', () => {
    const elements = elementsOf(
      runPage(picture({ calls: [call(1, { line: 2 })], source: 'a\nb', receipt })),
    );
    const ids = new Set(elements.map((one) => attribute(one, 'id')));
    const links = elements.flatMap((one) => attribute(one, 'href') ?? []);
    expect(links).toContain('#line-2');
    for (const link of links) expect(ids).toContain(link.slice(1));
  });

  test('draws fuel and memory only where they were recorded over time', () => {
    expect(classed(elementsOf(runPage(everywhere)), 'chart')).toHaveLength(2);
    expect(classed(elementsOf(runPage(picture())), 'chart')).toEqual([]);
  });

  test('stays of a size that a browser opens, and says what is left out', () => {
    const page = runPage(
      picture({
        calls: Array.from({ length: 6_000 }, (_, index) =>
          call(index + 1, { args: 'x'.repeat(100_000) }),
        ),
        logs: Array.from({ length: 6_000 }, () => ({ level: 'info', message: 'y'.repeat(50_000) })),
        source: 'z\n'.repeat(20_000),
      }),
    );
    expect(page.length).toBeLessThan(20 * 1024 * 1024);
    expect(page).toContain('The first 5000 of 6000 calls');
    expect(page).toContain('characters more: mcp-cli run export a-run');
    expect(page).toContain('The first 5000 of 20001 lines.');
  });
});
