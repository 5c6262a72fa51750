import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { describe, expect, test } from 'vitest';
import { runPage } from '../../src/runs/page/run-page.ts';
import { call, everywhere, picture, receipt } from './pictures.ts';

type Element = DefaultTreeAdapterTypes.Element;

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
