/** What the guest says of itself, made into values: text without controls, JSON parsed. */
import { stripVTControlCharacters } from 'node:util';
import { isJsonObject, type LogEntry, type LogLevel, type ProgramError } from '@org/core';
import { type Frame, fieldText } from './frames.ts';
import { type PositionMapper, readableStack } from './stack.ts';

/** Terminal control: what a log line must not carry to a person's screen. */
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/gu;

/** @throws SyntaxError when the fields are no JSON, which only a broken engine writes */
export function parseLog(frame: Frame): LogEntry {
  const fields: unknown = JSON.parse(fieldText(frame, 2) || 'null');
  return {
    level: fieldText(frame, 0) as LogLevel,
    message: stripVTControlCharacters(fieldText(frame, 1)).replace(controls, ''),
    ...(isJsonObject(fields) ? { fields } : {}),
  };
}

/** The error that a program threw, with its stack in the program's own files. */
export function parseThrown(frame: Frame, toPosition: PositionMapper): ProgramError {
  const name = fieldText(frame, 0);
  const message = fieldText(frame, 1);
  const code = fieldText(frame, 3);
  const stack = readableStack({ name, message, stack: fieldText(frame, 2) }, toPosition);
  // Only the prelude sets a code, and only on errors of ours.
  const known = code === '' ? {} : { code: code as NonNullable<ProgramError['code']> };
  return { name, message, stack, ...known };
}
