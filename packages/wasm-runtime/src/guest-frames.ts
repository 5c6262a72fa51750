/** What the guest says of itself, made into values: text without controls, JSON parsed. */
import { stripVTControlCharacters } from 'node:util';
import { isJsonObject, type LogEntry, type LogLevel, type ProgramError } from '@org/core';
import { type Frame, fieldText } from './frames.ts';
import { hintFor } from './hints.ts';
import { type PositionMapper, readableStack, withOwnPositions } from './stack.ts';

/** What must not be carried to a person's screen. */
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/gu;

const withoutControls = (text: string) => stripVTControlCharacters(text).replace(controls, '');

/**
 * A log line, with places in the program as places in the agent's own files.
 * @throws SyntaxError when the fields are no JSON, which only a broken engine writes
 */
export function parseLog(frame: Frame, toPosition: PositionMapper): LogEntry {
  const fields: unknown = JSON.parse(fieldText(frame, 2) || 'null');
  return {
    level: fieldText(frame, 0) as LogLevel,
    message: withOwnPositions(withoutControls(fieldText(frame, 1)), toPosition),
    ...(isJsonObject(fields) ? { fields } : {}),
  };
}

/** The error that a program threw, with its stack in the program's own files. */
export function parseThrown(frame: Frame, toPosition: PositionMapper): ProgramError {
  const name = withoutControls(fieldText(frame, 0));
  const thrown = withoutControls(fieldText(frame, 1));
  const hint = hintFor(name, thrown);
  const message = hint === undefined ? thrown : `${thrown}. ${hint}`;
  const code = fieldText(frame, 3);
  const frames = withoutControls(fieldText(frame, 2));
  const stack = readableStack({ name, message, stack: frames }, toPosition);
  // Only the prelude sets a code, and only on errors of ours.
  const known = code === '' ? {} : { code: code as NonNullable<ProgramError['code']> };
  return { name, message, stack, ...known };
}
