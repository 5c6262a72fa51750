import { counted, type JsonValue, type LogEntry, plainText, type RunOutcome } from '@org/core';
import type { AgentRun, PendingQuestion, ProgramDiagnostic } from '../agent-host.ts';
import { type Cut, cutToBudget } from '../shape/cut.ts';
import { cutText } from '../shape/cut-text.ts';
import { fitting } from '../shape/fitting.ts';
import { takeMedia } from '../shape/media.ts';
import { isPlainPath, select } from '../shape/select.ts';
import { estimateTokens } from '../shape/tokens.ts';
import type { Answer, ToolAnswer } from './answer.ts';
import { groupCalls } from './call-groups.ts';
import { type NextStepContext, nextStep } from './next-step.ts';
import { placeOf } from './place.ts';
import { textsOf } from './texts.ts';

export interface AnswerContext extends Omit<NextStepContext, 'showsAll'> {
  /** The program as it was sent. */
  readonly code?: string;
  /** Parts of the result that are wanted; none: all of it. */
  readonly select: readonly string[];
  /** Tokens that the answer may take, as text and as structured content each. */
  readonly maxTokens: number;
}

const maxProblems = 20;
const maxLogLines = 50;
const maxQuestions = 20;

/** With less than this the parts are but marks of what was cut. */
const leastTokens = 50;

/**
 * What of a run fits into the agent's context.
 * @throws SandboxError `INVALID_PARAMS` for paths that `select` does not take
 */
export function answerOfRun(run: AgentRun, context: AnswerContext): ToolAnswer {
  const { maxTokens } = context;
  let answer = assemble(run, context, maxTokens);
  // Its parts have shares of what there is; where they are too large together, all get less.
  for (let tokens = maxTokens; tokens > leastTokens && !fits(answer, maxTokens); ) {
    tokens *= 0.8;
    answer = assemble(run, context, tokens);
  }
  return answer;
}

function fits({ structured, texts }: ToolAnswer, maxTokens: number): boolean {
  return (
    estimateTokens(JSON.stringify(structured)) <= maxTokens &&
    estimateTokens(texts.join('\n')) <= maxTokens
  );
}

/** @param tokens that its parts share */
function assemble(run: AgentRun, context: AnswerContext, tokens: number): ToolAnswer {
  const { outcome, diagnostics = [], questions = [], notes = [] } = run;
  const returned = outcome.status === 'returned';
  const share = (part: number) => Math.floor(tokens * part);
  const waiting = questionsOf(questions, share(0.6));
  const next = nextStep(run, { ...context, showsAll: waiting.showsAll });
  const logs = lastLogs(outcome.logs, share(returned ? 0.15 : 0.25));
  const { groups, moreGroups } = groupCalls(
    outcome.calls.filter(({ status }) => !returned || status !== 'done'),
    share(0.25),
  );
  const all = [
    ...notes.map((note) => shortened(note, share(0.1))),
    ...(moreGroups > 0 ? [`Calls of ${counted(moreGroups, 'more tool')} are not listed.`] : []),
    ...(waiting.more > 0 ? [`${counted(waiting.more, 'more call')} waiting, not listed.`] : []),
  ];
  const rest: Answer = {
    status: outcome.status,
    runId: outcome.runId,
    ...failureOf(outcome, share(0.4), { code: context.code, isBrief: diagnostics.length > 0 }),
    ...(diagnostics.length > 0 && { problems: problemsOf(diagnostics, share(0.6)) }),
    ...(groups.length > 0 && { calls: groups }),
    ...(questions.length > 0 && { questions: waiting.listed }),
    ...(logs.length > 0 && { logs }),
    ...(all.length > 0 && { notes: all }),
    ...(next !== undefined && { next }),
    usage: {
      ms: Math.round(outcome.usage.wallMs),
      toolCalls: outcome.usage.toolCalls,
      bytesFromTools: outcome.usage.bytesFromTools,
      bytesReturned: outcome.usage.bytesReturned,
    },
  };
  if (!returned) {
    const isError = outcome.status !== 'suspended';
    return { structured: rest, texts: textsOf(rest), media: [], isError };
  }
  const { part, media } = resultOf(outcome.value, run, {
    paths: context.select,
    tokens: Math.max(20, tokens - estimateTokens(JSON.stringify(rest)) - 60),
  });
  const structured: Answer = { ...rest, ...part, notes: [...all, ...(part.notes ?? [])] };
  const { notes: shown = [], ...others } = structured;
  const whole: Answer = shown.length > 0 ? structured : others;
  return { structured: whole, texts: textsOf(whole), media, isError: false };
}

function resultOf(
  value: JsonValue,
  { outcome, kept }: AgentRun,
  { paths, tokens }: { readonly paths: readonly string[]; readonly tokens: number },
) {
  const { value: wanted, missing } =
    paths.length === 0 ? { value, missing: [] } : select(value, paths);
  const taken = takeMedia(wanted ?? null);
  const { value: shown, moreCuts, ...cut } = cutToBudget(taken.value, tokens);
  const [path] = paths;
  // Of one part alone, places are told as they are in the whole.
  const base = paths.length === 1 && path !== undefined && isPlainPath(path) ? path : '';
  const cuts = cut.cuts.map(({ at, next, ...one }) => ({
    at: `${base}${at}`,
    ...one,
    ...(next !== undefined && { next: `${base}${next}` }),
  }));
  const part: Pick<Answer, 'value' | 'cut' | 'notes'> = {
    value: shown,
    ...(cuts.length > 0 && { cut: cutOf(cuts, moreCuts, kept ? outcome.runId : undefined) }),
    ...(missing.length > 0 && { notes: [nothingAt(missing, value)] }),
  };
  return { part, media: taken.blocks };
}

function cutOf(
  parts: readonly Cut[],
  moreParts: number,
  runId: string | undefined,
): NonNullable<Answer['cut']> {
  return {
    parts,
    ...(moreParts > 0 && { moreParts }),
    ...(runId !== undefined && { whole: `run://${runId}/result` }),
  };
}

function nothingAt(missing: readonly string[], value: JsonValue): string {
  const paths = missing.map((path) => JSON.stringify(path.slice(0, 80))).join(', ');
  const keys =
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? ` The result has the keys ${Object.keys(value)
          .slice(0, 20)
          .map((key) => JSON.stringify(plainText(key.slice(0, 40))))
          .join(', ')}.`
      : ` The result is ${Array.isArray(value) ? `an array of ${value.length}` : 'not an object'}.`;
  return `select found nothing at ${paths}.${keys}`;
}

function failureOf(
  outcome: RunOutcome,
  tokens: number,
  { code, isBrief }: { readonly code: string | undefined; readonly isBrief: boolean },
): Pick<Answer, 'error' | 'limit'> {
  if (outcome.status === 'limit') return { limit: outcome.limit };
  if (outcome.status !== 'threw' && outcome.status !== 'aborted') return {};
  const { name, message, code: errorCode } = outcome.error;
  const at = placeOf(outcome.error, code);
  return {
    error: {
      name: shortened(name.slice(0, 100), 40),
      // What follows its first line is told as problems.
      message: shortened(isBrief ? (message.split('\n', 1)[0] ?? '') : message, tokens),
      ...(errorCode !== undefined && { code: errorCode }),
      ...(at !== undefined && { at }),
    },
  };
}

function problemsOf(diagnostics: readonly ProgramDiagnostic[], tokens: number): readonly string[] {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const own = Math.max(60, tokens / Math.min(errors.length, maxProblems));
  const described = errors.slice(0, maxProblems).map((one) => {
    const { file = 'program.ts', line, column, code, message, sourceLine, hint, signature } = one;
    const parts = [
      `${file}:${line}:${column} ${code} ${message}`,
      `  ${sourceLine.trim()}`,
      ...(hint === undefined ? [] : [`  ${hint}`]),
      ...(signature === undefined ? [] : [`  ${signature}`]),
    ];
    return shortened(parts.join('\n'), own);
  });
  const texts = fitting(described, tokens);
  const more = errors.length - texts.length;
  return more > 0 ? [...texts, `… and ${more} more`] : texts;
}

interface Waiting {
  readonly listed: NonNullable<Answer['questions']>;
  /** How many are not. */
  readonly more: number;
  /** Whether they can be judged: all are listed, with all of their parameters. */
  readonly showsAll: boolean;
}

/** As many as fit; the first one is there in any case. */
function questionsOf(questions: readonly PendingQuestion[], tokens: number): Waiting {
  const own = Math.max(20, tokens / Math.min(questions.length, maxQuestions));
  const described = questions.slice(0, maxQuestions).map(({ id, server, tool, paramsJson }) => {
    const name = plainText(`${server}.${tool}`);
    const call = shortened(name, own / 2);
    const { value: params, cuts } = cutToBudget(JSON.parse(paramsJson), own);
    return { id, call, params, ...((cuts.length > 0 || call !== name) && { cut: true as const }) };
  });
  const listed = fitting(described, tokens);
  const more = questions.length - listed.length;
  return { listed, more, showsAll: more === 0 && !listed.some(({ cut }) => cut) };
}

/** The last lines that fit. */
function lastLogs(logs: readonly LogEntry[], tokens: number): string[] {
  const lines: string[] = [];
  let left = tokens;
  for (const { level, message, fields } of logs.toReversed()) {
    if (lines.length === maxLogLines) break;
    const text = fields === undefined ? message : `${message} ${JSON.stringify(fields)}`;
    const line = shortened(level === 'info' ? text : `${level}: ${text}`, Math.max(20, tokens / 3));
    left -= estimateTokens(line) + 3;
    if (left < 0 && lines.length > 0) break;
    lines.push(line);
  }
  const missing = logs.length - lines.length;
  lines.reverse();
  return missing > 0 ? [`… ${counted(missing, 'earlier line')}`, ...lines] : lines;
}

function shortened(text: string, tokens: number): string {
  const plain = plainText(text);
  return estimateTokens(plain) <= tokens ? plain : (cutText(plain, tokens)?.text ?? '…');
}
