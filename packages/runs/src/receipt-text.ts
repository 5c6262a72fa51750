import { counted, plainText } from '@org/core';
import type { LimitReceipt, Receipt, ToolReceipt } from './receipt.ts';

const shownTools = 20;
const longestName = 80;

/** A receipt for a terminal: a line each for tokens, tools and limits. Nothing in it acts or hides. */
export function receiptText(receipt: Receipt): string {
  const { tokens, bytes, cacheHits, tools, limits } = receipt;
  const calls = tools.reduce((sum, tool) => sum + tool.calls, 0);
  const lines = [
    `Tokens (estimate, a token for 4 bytes): ${tokens.returned} returned, ${tokens.keptOut} kept out`,
    `Bytes: ${bytes.fromTools} from tools, ${bytes.result} in the result, ${bytes.logs} in logs`,
    `Calls: ${calls}, ${cacheHits} of them answered from a cache`,
    ...tools.slice(0, shownTools).map(toolLine),
    ...(tools.length > shownTools
      ? [`  … and ${counted(tools.length - shownTools, 'more tool')}`]
      : []),
    'Limits:',
    ...limits.map(limitLine),
  ];
  return `${lines.join('\n')}\n`;
}

function toolLine(tool: ToolReceipt): string {
  const name = nameOf(`${tool.server}.${tool.tool}`);
  const notes = (['failed', 'refused', 'unknown', 'cached'] as const)
    .filter((note) => tool[note] > 0)
    .map((note) => `, ${tool[note]} ${note}`);
  return `  ${name} × ${tool.calls}: ${tool.ms} ms, ${counted(tool.bytes, 'byte')}${notes.join('')}`;
}

function limitLine({ limit, allowed, used, left }: LimitReceipt): string {
  const percent = Math.floor((left / allowed) * 100);
  return `  ${limit}: ${used} of ${allowed} used, ${percent} % left`;
}

function nameOf(name: string): string {
  const line = plainText(name).replaceAll(/\s+/gu, ' ');
  return line.length > longestName ? `${line.slice(0, longestName)}…` : line;
}
