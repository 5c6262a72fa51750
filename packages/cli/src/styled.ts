import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** `text` in a colour or weight, where `stream` is a terminal that has it and `NO_COLOR` is not set. */
export function styled(
  style: Style,
  text: string,
  stream: NodeJS.WritableStream = process.stderr,
): string {
  return styleText(style, text, { stream });
}
